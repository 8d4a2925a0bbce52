import type { Command } from 'commander';
import type { VersionDiffView } from '#contracts/rest/versions.js';
import type { VersionDiff } from '#domain/versions/compare-versions.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { TextComparison } from '../input/definition-content.js';
import { meansFile, readDefinitionFile } from '../input/definition-file.js';
import { type NamedVersion, parseNamedVersion } from '../input/named-version.js';
import type { Api } from '../server/api.js';
import { renderFindings, type Source } from '../view/findings.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { type Style, styleOf } from '../view/style.js';
import { describeVersion } from '../view/version.js';
import { paintBump, renderVersionDiff } from '../view/version-diff.js';

interface DiffOptions {
  readonly json?: boolean;
}

export function addDiffCommand(program: Command, context: CommandContext): void {
  program
    .command('diff')
    .description('Shows how two versions differ in meaning, and what that asks of a semantic version.')
    .argument('<from>', 'a stored workflow, as release@1.4.0, release@stable or release@7, or a file')
    .argument('[to]', 'the same; the newest version where absent')
    .option('--json', 'print one JSON object: from, to, bump, inputs, steps, keys')
    .action((from: string, to: string | undefined, options: DiffOptions) =>
      context.perform(options, () => diff(from, to, options, context)),
    );
}

async function diff(
  from: string,
  to: string | undefined,
  options: DiffOptions,
  context: CommandContext,
): Promise<ExitCode> {
  if (!meansFile(from) && (to === undefined || !meansFile(to))) {
    const before = parseNamedVersion(from);
    const after = to === undefined ? { workflow: before.workflow } : parseNamedVersion(to);
    if (before.workflow === after.workflow) return diffStored(before, after, options, context);
  }
  return diffTexts([from, to ?? from.replace(/@[^@]*$/, '')], options, context);
}

async function diffStored(
  { workflow, version }: NamedVersion,
  { version: to }: NamedVersion,
  { json }: DiffOptions,
  { console, api }: CommandContext,
): Promise<ExitCode> {
  const view = await api().diff(workflow, {
    ...(version !== undefined && { from: version }),
    ...(to !== undefined && { to }),
  });
  const { out } = console;
  const lines = json === true ? [toSafeJson(view, 2)] : renderStored(view, styleOf(out));
  writeLines(out, lines);
  return EXIT.ok;
}

function renderStored(view: VersionDiffView, style: Style): string[] {
  const { workflow, from, to, next } = view;
  const draft = to.publishedAs === undefined ? ', a draft' : '';
  const title = `${workflow} ${describeVersion(from)} → ${describeVersion(to)}${draft}`;
  const cure = next === undefined ? '' : `: publish it as ${next} or later`;
  return [
    style.strong(toPlainText(title)),
    ...renderVersionDiff(view, style),
    `${style.strong('verdict:')} ${paintBump(view.bump, style)}${toPlainText(cure)}`,
  ];
}

/** Of files, or of two workflows: by their texts. */
async function diffTexts(
  sides: readonly [string, string],
  { json }: DiffOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { out } = context.console;
  const comparison = new TextComparison();
  const sources = await Promise.all(sides.map((side) => readSide(side, () => context.api())));
  const contents = [];
  for (const source of sources) {
    const read = comparison.read(source.text);
    if (read.ok) contents.push(read.content);
    else return reportFindings(source, read.findings, json === true, context);
  }
  const result: VersionDiff = comparison.compare(contents[0]!, contents[1]!);
  const [from, to] = sources.map(({ path }) => path) as [string, string];
  if (json === true) {
    writeLines(out, [toSafeJson({ from, to, ...result }, 2)]);
    return EXIT.ok;
  }
  const style = styleOf(out);
  writeLines(out, [
    style.strong(toPlainText(`${from} → ${to}`)),
    ...renderVersionDiff(result, style),
    `${style.strong('verdict:')} ${paintBump(result.bump, style)}`,
  ]);
  return EXIT.ok;
}

async function readSide(side: string, api: () => Api): Promise<Source> {
  if (meansFile(side)) return readDefinitionFile(side);
  const { workflow, version } = parseNamedVersion(side);
  const server = api();
  const number = version ?? (await server.getWorkflow(workflow)).latestVersion;
  const { source } = await server.getVersion(workflow, number);
  return { path: side, text: source };
}

function reportFindings(
  source: Source,
  findings: Parameters<typeof renderFindings>[1],
  json: boolean,
  { console: { out, err } }: CommandContext,
): ExitCode {
  const code = 'definition-invalid';
  const message = `${source.path} is not valid.`;
  if (json) writeLines(out, [toSafeJson({ code, message, findings }, 2)]);
  else {
    const style = styleOf(err);
    writeLines(err, [
      `${style.bad('error:')} ${toPlainText(message)}`,
      ...renderFindings(source, findings, style),
    ]);
  }
  return EXIT.usage;
}
