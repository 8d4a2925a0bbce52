import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { createOpenAiRefiner } from '#connectors/model/openai-refiner.js';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { type Generation, generate } from '#domain/generation/generate.js';
import { refine } from '#domain/generation/refine.js';
import { scanRepository } from '#repositories/scan-repository.js';
import type { Console } from '../console.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { usageError } from '../input/usage-error.js';
import { renderExplanations, renderSummary } from '../view/generation.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { styleOf } from '../view/style.js';

interface GenerateOptions {
  readonly change?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly explain?: boolean;
}

export function addGenerateCommand(program: Command, context: CommandContext): void {
  program
    .command('generate')
    .description('Writes a definition that fits a repository, each line with its reason; asks no server.')
    .argument('[folder]', 'folder of the repository', '.')
    .option('--change <range>', 'build what this change touches only, as main..HEAD')
    .option('--out <file>', 'write it to this file')
    .option('--explain', 'print the reasons, and what led to them, instead of the definition')
    .option('--json', 'print one JSON object: definition, explanations, notes, projects, risk')
    .action((folder: string, options: GenerateOptions) =>
      context.perform(options, () => run(folder, options, context)),
    );
}

async function run(folder: string, options: GenerateOptions, { console }: CommandContext): Promise<ExitCode> {
  const facts = await scanRepository(folder, options.change === undefined ? {} : { change: options.change });
  const { generation, outcome } = await refined(generate(facts, ACTIONS), facts.address, console.env);
  if (options.out !== undefined) await write(options.out, generation.definition);
  const style = styleOf(console.err);
  if (options.json === true) {
    writeLines(console.out, [
      toSafeJson({ ...generation, ...(outcome === undefined ? {} : { refinement: outcome }) }, 2),
    ]);
    return EXIT.ok;
  }
  if (options.explain === true) writeLines(console.out, renderExplanations(generation, styleOf(console.out)));
  else if (options.out === undefined) console.out.write(generation.definition);
  writeLines(console.err, [
    ...renderSummary(generation, style),
    ...(outcome === undefined ? [] : [`${style.warn('note:')} ${toPlainText(outcome)}`]),
    ...(options.out === undefined ? [] : [`written to ${toPlainText(options.out)}`]),
  ]);
  return EXIT.ok;
}

interface Refined {
  readonly generation: Generation;
  readonly outcome?: string;
}

/** By the model that the environment names, where it names one. */
async function refined(
  generation: Generation,
  address: string | undefined,
  env: Console['env'],
): Promise<Refined> {
  const url = env['SLUICE_MODEL_URL'];
  if (url === undefined || url === '') return { generation };
  const name = env['SLUICE_MODEL_NAME'];
  const key = env['SLUICE_MODEL_KEY'];
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '') || name === undefined || name === '') {
    throw usageError(
      'SLUICE_MODEL_URL and SLUICE_MODEL_NAME do not name a model.',
      'Set them to an http or https URL and the name of a model, or unset SLUICE_MODEL_URL.',
    );
  }
  const refiner = createOpenAiRefiner({ url, name, ...(key === undefined || key === '' ? {} : { key }) });
  return refine(generation, refiner, { address, actions: ACTIONS });
}

/** What a person wrote is not written over. */
async function write(file: string, text: string): Promise<void> {
  const before = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? undefined : '',
  );
  if (before !== undefined && !/^(# [^\n]*\n)?# Written by sluice generate /.test(before)) {
    throw usageError(
      `${file} exists and was not written by sluice generate.`,
      'Name another file, or move it away.',
    );
  }
  await writeFile(file, text).catch((error: Error) => {
    throw usageError(
      `${file} cannot be written: ${error.message}.`,
      'Name a file in a folder that exists and is yours.',
    );
  });
}
