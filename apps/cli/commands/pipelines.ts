import { type Command, Option } from 'commander';
import { detectPipelines } from '#domain/pipelines/detect.js';
import { SEVERITIES, type Severity } from '#domain/pipelines/findings/finding.js';
import { wantsPipelineText } from '#domain/pipelines/platforms.js';
import { scanRepository } from '#repositories/scan-repository.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { renderDetection } from '../view/pipelines.js';
import { toSafeJson } from '../view/plain-text.js';
import { styleOf } from '../view/style.js';
import { addExecutionCommands } from './pipeline-executions.js';

interface DetectOptions {
  readonly json?: boolean;
  readonly failOn?: Severity;
}

export function addPipelinesCommand(program: Command, context: CommandContext): void {
  const pipelines = program
    .command('pipelines')
    .description(
      'Pipelines of other platforms: detect them in a repository; executions of them: list, get, jobs, logs, cancel, retry, statistics.',
    )
    .helpCommand(false);
  addExecutionCommands(pipelines, context);
  pipelines
    .command('detect')
    .description(
      'Says which platforms and pipelines the files of a repository name, and what to mend in them.',
    )
    .argument('[folder]', 'folder of the repository', '.')
    .addOption(
      new Option('--fail-on <severity>', 'answer with 1 where a finding is that grave, or graver').choices(
        SEVERITIES,
      ),
    )
    .option('--json', 'print one JSON object: platforms, pipelines, findings, unread, notes')
    .action((folder: string, options: DetectOptions) =>
      context.perform(options, () => detect(folder, options, context)),
    );
}

async function detect(
  folder: string,
  { json, failOn }: DetectOptions,
  { console }: CommandContext,
): Promise<ExitCode> {
  const facts = await scanRepository(folder, { wants: wantsPipelineText });
  const detection = detectPipelines(facts);
  // What is told of commits matters to a run, not here.
  const notes = facts.notes.filter(({ evidence }) => evidence.length > 0);
  if (json === true) writeLines(console.out, [toSafeJson({ ...detection, notes }, 2)]);
  else writeLines(console.out, renderDetection(detection, notes, styleOf(console.out)));
  const least = failOn === undefined ? -1 : SEVERITIES.indexOf(failOn);
  const isGrave = detection.findings.some(({ severity }) => SEVERITIES.indexOf(severity) <= least);
  return isGrave ? EXIT.failed : EXIT.ok;
}
