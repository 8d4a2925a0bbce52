import { readFile } from 'node:fs/promises';
import type { Answer } from '#domain/driving/answers.js';
import { isSluiceError } from '#domain/errors.js';
import type { FinalStatus } from '#domain/execution/command.js';
import type { JsonObject } from '#domain/json.js';
import { type Answers, type GivenEvent, parseAnswers } from '#domain/rehearsal/read-answers.js';
import { type CommandContext, reportError, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readJsonArgument } from '../input/json-argument.js';
import { usageError } from '../input/usage-error.js';
import { createLineProgress } from '../progress/line-progress.js';
import { createLiveProgress } from '../progress/live-progress.js';
import { RunPicture } from '../progress/run-picture.js';
import { countFindings, renderFindings } from '../view/findings.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { renderRunEnd } from '../view/run-summary.js';
import { styleOf } from '../view/style.js';
import { DefinitionFindings } from './definition-findings.js';
import { readLocalSettings } from './local-settings.js';
import { loadWorkflows } from './local-workflows.js';
import { type LocalEnd, type RunningHere, runLocally } from './run-locally.js';

/** What `sluice run --local` takes beside the definition and its inputs. */
export interface LocalOptions {
  readonly with?: readonly string[];
  readonly approve?: readonly string[];
  readonly reject?: readonly string[];
  readonly answers?: string;
  readonly event?: readonly string[];
  readonly keepWorkspace?: boolean;
  readonly json?: boolean;
}

/** Runs a definition in this process: its output goes to stdout, everything else to stderr. */
export async function runLocalCommand(
  path: string,
  inputs: JsonObject,
  options: LocalOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { console } = context;
  try {
    const workflows = await loadWorkflows(path, options.with ?? []);
    const answers = await readAllAnswers(options, context);
    const progress = new LateProgress(context);
    const running = await runLocally({
      workflows,
      inputs,
      answers,
      ...(console.ask === undefined ? {} : { ask: console.ask }),
      settings: readLocalSettings(console.env),
      env: console.env,
      startedBy: console.env['SLUICE_ACTOR'] || 'local',
      keep: options.keepWorkspace === true,
      onNews: (news) => progress.take(news),
    });
    return await follow(running, progress, options, context);
  } catch (error) {
    if (error instanceof DefinitionFindings) return reportFindings(error, options, context);
    throw error;
  }
}

async function follow(
  running: RunningHere,
  progress: LateProgress,
  options: LocalOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { console } = context;
  progress.begin(running);
  let stopListening = console.onInterrupt(() => {
    writeLines(console.err, [
      'canceling: what was begun is stopped and undone; Ctrl-C once more ends it at once',
    ]);
    stopListening = console.onInterrupt(() => running.abort());
    running.cancel('Ctrl-C');
  });
  let end: LocalEnd;
  try {
    end = await running.ended;
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    reportError(error, console, false);
    return EXIT.canceled;
  } finally {
    progress.end();
    stopListening();
  }
  return report(running, progress, end, options, context);
}

function report(
  { record }: RunningHere,
  { picture }: LateProgress,
  { status, output, givenUp, workspace }: LocalEnd,
  options: LocalOptions,
  { console }: CommandContext,
): ExitCode {
  const { output: _, ...run } = record.run;
  const tail = (key: string) => picture?.tail(key) ?? [];
  const end = { run, steps: record.steps, tail, now: Date.now() };
  writeLines(console.err, renderRunEnd(end, styleOf(console.err)));
  if (workspace !== undefined) writeLines(console.err, [`workspace: ${toPlainText(workspace)}`]);
  if (options.json === true)
    writeLines(console.out, [toSafeJson({ run: { ...run, output }, steps: record.steps }, 2)]);
  else if (status === 'succeeded') writeLines(console.out, [toSafeJson(output, 2)]);
  if (givenUp !== undefined) {
    reportError(givenUp, console, false);
    return EXIT.usage;
  }
  return EXIT_CODES[status];
}

const EXIT_CODES: Readonly<Record<FinalStatus, ExitCode>> = {
  succeeded: EXIT.ok,
  failed: EXIT.failed,
  canceled: EXIT.canceled,
  rejected: EXIT.rejected,
};

function reportFindings(
  { file, findings }: DefinitionFindings,
  { json }: LocalOptions,
  context: CommandContext,
): ExitCode {
  const { out, err } = context.console;
  if (json === true) {
    writeLines(out, [toSafeJson({ code: 'definition-invalid', file: file.path, findings }, 2)]);
  } else {
    const counted = `${toPlainText(file.path)}: not valid, ${countFindings(findings)}`;
    writeLines(err, [...renderFindings(file, findings, styleOf(err)), counted]);
  }
  return EXIT.usage;
}

/** Of a run that begins before anybody can look: its first news are kept until then. */
class LateProgress {
  picture: RunPicture | undefined;
  private progress: ReturnType<typeof createLineProgress> | undefined;
  private readonly early: Parameters<RunPicture['apply']>[0][] = [];

  constructor(private readonly context: CommandContext) {}

  begin({ record }: RunningHere): void {
    const { err, ask } = this.context.console;
    this.picture = new RunPicture(record.run, record.steps);
    // A tree that is drawn over itself would draw over a question, too.
    const alive =
      err.terminal && (ask === undefined || !record.steps.some(({ kind }) => kind === 'approval'));
    this.progress = alive ? createLiveProgress(this.picture, err) : createLineProgress(this.picture, err);
    for (const news of this.early.splice(0)) this.take(news);
  }

  take(news: Parameters<RunPicture['apply']>[0]): void {
    if (this.picture === undefined) {
      this.early.push(news);
      return;
    }
    this.progress?.show(news);
    this.picture.apply(news);
  }

  end(): void {
    this.progress?.end();
  }
}

async function readAllAnswers(options: LocalOptions, context: CommandContext): Promise<Answers> {
  const written = options.answers === undefined ? undefined : await readAnswersFile(options.answers, context);
  const answers = new Map<string, Answer>(written?.answers);
  for (const step of options.approve ?? []) answers.set(step, { type: 'approve' });
  for (const step of options.reject ?? []) answers.set(step, { type: 'reject' });
  const events: GivenEvent[] = [...(written?.events ?? [])];
  for (const given of options.event ?? []) events.push(await readEvent(given, context));
  return { answers, events };
}

async function readAnswersFile(path: string, { console }: CommandContext): Promise<Answers> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw usageError(`The answers cannot be read: ${error.message}.`, 'Name a file in YAML or JSON.');
  });
  const { answers, findings } = parseAnswers(text);
  if (answers !== undefined) return answers;
  writeLines(console.err, renderFindings({ path, text }, findings, styleOf(console.err)));
  throw usageError(`${path} holds no answers that can be used.`, 'Correct what is found above.');
}

async function readEvent(given: string, { console }: CommandContext): Promise<GivenEvent> {
  const [, name = '', data] = /^([^=]+)(?:=(.*))?$/s.exec(given) ?? [];
  if (name === '')
    throw usageError(
      `--event ${JSON.stringify(given)} has no name.`,
      'Write --event \'deployed={"region": "eu"}\'',
    );
  return {
    name,
    data: data === undefined ? null : await readJsonArgument('--event', data, console),
    afterMs: 0,
  };
}
