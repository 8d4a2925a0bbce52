import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import type { AuditEntryView, AuditVerdictView } from '#contracts/rest/audit.js';
import { ChainChecker, START } from '#domain/audit/chain-checker.js';
import type { ChainedEntry } from '#domain/audit/entry.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readLastSequence } from '../input/last-sequence.js';
import { usageError } from '../input/usage-error.js';
import { readTextLines, writeTextLines } from '../view/lines.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { type Style, styleOf } from '../view/style.js';
import { renderTable } from '../view/table.js';

interface Filters {
  readonly actor?: string;
  readonly action?: string;
  readonly object?: string;
  readonly correlation?: string;
  readonly from?: string;
  readonly until?: string;
}

type ListOptions = Filters & { readonly limit: number; readonly json?: boolean };
type ExportOptions = Filters & { readonly out?: string; readonly resume?: boolean; readonly after?: number };
interface VerifyOptions {
  readonly expect?: string;
  readonly json?: boolean;
}

export function addAuditCommand(program: Command, context: CommandContext): void {
  const audit = program
    .command('audit')
    .description('Reads the audit log, and checks that nobody altered it: list, export, verify.')
    .helpCommand(false);
  addFilters(audit.command('list').description('Lists who did what, the newest first.'))
    .option('--limit <number>', 'how many, at most 200', parseLimit, 50)
    .option('--json', 'print one JSON object: items')
    .action((options: ListOptions) => context.perform(options, () => list(options, context)));
  addFilters(audit.command('export').description('Writes the log as JSON lines, in the order of its chain.'))
    .option('--out <file>', 'into this file instead of to the output')
    .option('--resume', 'go on behind the last entry that the file has')
    .option('--after <sequence>', 'only entries behind this one', parseSequence)
    .action((options: ExportOptions) => context.perform({}, () => exportLog(options, context)));
  audit
    .command('verify')
    .description('Finds an entry that was altered, taken out or put in.')
    .addArgument(new Argument('[export]', 'an exported file to check instead of the log of the server'))
    .option('--expect <head>', 'the head of an earlier check, sequence:hash')
    .option('--json', 'print one JSON object: valid, head, fault')
    .action((file: string | undefined, options: VerifyOptions) =>
      context.perform(options, () => verify(file, options, context)),
    );
}

function addFilters(command: Command): Command {
  return command
    .option('--actor <name>', 'only what this one did')
    .option('--action <action>', 'only this action: run.start')
    .addOption(new Option('--object <type/id>', 'only what happened to this: run, or run/<id>'))
    .option('--correlation <id>', 'only what this request did')
    .option('--from <moment>', 'at or after: 2030-01-31T08:00:00Z')
    .option('--until <moment>', 'before');
}

function toFilter({ actor, action, object, correlation, from, until }: Filters) {
  const [objectType, ...id] = object?.split('/') ?? [];
  return {
    actor,
    action,
    objectType,
    objectId: id.length === 0 ? undefined : id.join('/'),
    correlationId: correlation,
    from,
    until,
  };
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 200) return limit;
  throw new InvalidArgumentError('It is not a whole number from 1 to 200.');
}

function parseSequence(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is not the sequence of an entry.');
}

async function list(options: ListOptions, context: CommandContext): Promise<ExitCode> {
  const { items } = await context.api().listAudit({ ...toFilter(options), limit: options.limit });
  const { out } = context.console;
  writeLines(out, options.json === true ? [toSafeJson({ items }, 2)] : renderEntries(items, styleOf(out)));
  return EXIT.ok;
}

function renderEntries(items: readonly AuditEntryView[], style: Style): string[] {
  if (items.length === 0) return ['nothing was done'];
  const rows = items.map(({ chain, at, actor, action, objectType, objectId, reason = '' }) =>
    [
      chain === undefined ? '' : String(chain.sequence),
      `${at.slice(0, 19)}Z`,
      actor,
      action,
      `${objectType}/${objectId}`,
      reason,
    ].map(toPlainText),
  );
  return renderTable(['NUMBER', 'AT', 'WHO', 'WHAT', 'TO', 'WHY'], rows, style);
}

async function exportLog(options: ExportOptions, context: CommandContext): Promise<ExitCode> {
  const { out: file, resume, after: given } = options;
  if (resume === true && (file === undefined || given !== undefined))
    throw usageError('--resume goes on with a file.', 'Name the file with --out, and leave --after out.');
  const after = resume === true && file !== undefined ? await readLastSequence(file) : given;
  const source = await context.api().exportAudit({ ...toFilter(options), after });
  const { out, err } = context.console;
  const target = file === undefined ? { out } : { file, append: resume === true };
  const count = await writeTextLines(readTextLines(source), target);
  if (file !== undefined)
    writeLines(err, [toPlainText(`${count} ${count === 1 ? 'entry' : 'entries'} written to ${file}`)]);
  return EXIT.ok;
}

async function verify(
  file: string | undefined,
  { expect, json }: VerifyOptions,
  context: CommandContext,
): Promise<ExitCode> {
  if (expect !== undefined && !/^\d{1,15}:[0-9a-f]{64}$/.test(expect))
    throw usageError(
      `${expect} is no head of a check.`,
      'Write sequence:hash, as an earlier check printed it.',
    );
  const verdict =
    file === undefined ? await context.api().verifyAudit(expect) : await verifyFile(file, expect);
  const { out } = context.console;
  writeLines(out, json === true ? [toSafeJson(verdict, 2)] : renderVerdict(verdict, styleOf(out)));
  return verdict.valid ? EXIT.ok : EXIT.failed;
}

type FileVerdict = Pick<AuditVerdictView, 'valid' | 'fault' | 'head' | 'checked'> & Partial<AuditVerdictView>;

function renderVerdict(verdict: FileVerdict, style: Style): string[] {
  const { valid, fault, head, checked, archived = 0, unsealed = 0 } = verdict;
  const place = `head ${head.sequence}:${head.hash}`;
  return [
    valid ? style.good(`valid: ${checked} entries`) : style.bad(toPlainText(`not valid: ${fault?.message}`)),
    ...(archived === 0 ? [] : [`entries 1 to ${archived} are archived`]),
    ...(unsealed === 0 ? [] : [`${unsealed} of the last moments have no place in the chain yet`]),
    place,
  ];
}

/** An export that begins behind an entry is right where each entry follows the one before it. */
async function verifyFile(file: string, expect: string | undefined): Promise<FileVerdict> {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  let checker: ChainChecker | undefined;
  let checked = 0;
  let met = expect === undefined;
  for await (const line of readTextLines(createReadStream(file))) {
    const entry = parseEntry(line, file);
    const { sequence, previous, hash } = entry.chain;
    checker ??= new ChainChecker(sequence === 1 ? START : { sequence: sequence - 1, hash: previous }, sha256);
    checked += 1;
    met ||= expect === `${sequence}:${hash}`;
    const fault = checker.add(entry);
    if (fault !== undefined) return { valid: false, fault, head: checker.head, checked };
  }
  const head = checker?.head ?? START;
  const fault = checker?.finish();
  if (fault !== undefined) return { valid: false, fault, head, checked };
  if (met) return { valid: true, head: { sequence: head.sequence, hash: head.hash }, checked };
  const message = `The file has no entry ${expect}.`;
  return { valid: false, fault: { kind: 'missing', sequence: head.sequence, message }, head, checked };
}

function parseEntry(line: string, file: string): ChainedEntry {
  try {
    const entry = JSON.parse(line) as ChainedEntry;
    if (typeof entry.chain.sequence === 'number') return entry;
  } catch {
    // Said below.
  }
  throw usageError(
    `${file} holds a line that is no entry of an audit log.`,
    'Name a file that `sluice audit export` wrote.',
  );
}
