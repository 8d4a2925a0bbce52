import type { Command } from 'commander';
import type { AliasMoveView, AliasView } from '#contracts/rest/versions.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, EXIT_HELP, type ExitCode } from '../exit-codes.js';
import { parseVersionName } from '../input/named-version.js';
import { usageError } from '../input/usage-error.js';
import type { Api } from '../server/api.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { type Style, styleOf } from '../view/style.js';
import { renderTable } from '../view/table.js';

interface AliasOptions {
  readonly reason?: string;
  readonly remove?: boolean;
  readonly expect?: string;
  readonly json?: boolean;
}

interface AliasPlace {
  readonly workflow: string;
  readonly name: string;
}

export function addAliasCommand(program: Command, context: CommandContext): void {
  program
    .command('alias')
    .description('Lists the aliases of a workflow, tells the history of one, moves or removes it.')
    .argument('<workflow>', 'name or id of a stored workflow')
    .argument('[alias]', 'its name, as stable; all where absent')
    .argument('[version]', 'the published version that it shall name: 1.4.0, 7, latest')
    .option('--remove', 'remove the alias')
    .option('--reason <text>', 'why; needed to move or remove it')
    .option('--expect <version>', 'only where it names this version by then: 1.3.0, 6')
    .option('--json', 'print what the server answered')
    .addHelpText('after', EXIT_HELP)
    .action(
      (workflow: string, name: string | undefined, version: string | undefined, options: AliasOptions) =>
        context.perform(options, async () => {
          if (name === undefined) return list(workflow, options, context);
          const place = { workflow, name };
          if (options.remove === true) return remove(place, version, options, context);
          return version === undefined
            ? tell(place, options, context)
            : move(place, version, options, context);
        }),
    );
}

async function list(
  workflow: string,
  { json, remove }: AliasOptions,
  { console, api }: CommandContext,
): Promise<ExitCode> {
  if (remove === true) throw usageError('It must be said which alias.', 'Name it after the workflow.');
  const items = await api().listAliases(workflow);
  const { out } = console;
  writeLines(out, json === true ? [toSafeJson({ items }, 2)] : renderAliases(items, styleOf(out)));
  return EXIT.ok;
}

async function tell(
  { workflow, name }: AliasPlace,
  { json }: AliasOptions,
  { console, api }: CommandContext,
): Promise<ExitCode> {
  const items = await api().listAliasMoves(workflow, name);
  const { out } = console;
  writeLines(out, json === true ? [toSafeJson({ items }, 2)] : renderMoves(items, styleOf(out)));
  return EXIT.ok;
}

async function move(
  place: AliasPlace,
  version: string,
  options: AliasOptions,
  { console, api }: CommandContext,
): Promise<ExitCode> {
  const reason = requireReason(options);
  const request = { version: parseVersionName(version), reason };
  const server = api();
  const tag = await requireExpected(place, options, server);
  const alias = await server.setAlias(place.workflow, place.name, request, tag);
  writeLines(console.out, [
    options.json === true
      ? toSafeJson(alias, 2)
      : toPlainText(`${place.workflow}@${alias.name} is ${alias.as} (v${alias.version})`),
  ]);
  return EXIT.ok;
}

async function remove(
  place: AliasPlace,
  version: string | undefined,
  options: AliasOptions,
  { console, api }: CommandContext,
): Promise<ExitCode> {
  const { workflow, name } = place;
  if (version !== undefined) {
    throw usageError('An alias is moved or removed, not both.', 'Leave out the version or --remove.');
  }
  const reason = requireReason(options);
  const server = api();
  await server.removeAlias(workflow, name, reason, await requireExpected(place, options, server));
  writeLines(console.out, [
    options.json === true ? toSafeJson({ removed: name }, 2) : toPlainText(`${workflow}@${name} is removed`),
  ]);
  return EXIT.ok;
}

function requireReason({ reason }: AliasOptions): string {
  if (reason === undefined) {
    throw usageError('Who moves an alias says why.', 'Add --reason "…".');
  }
  return reason;
}

/** The tag under which the alias names the expected version: who moved it meanwhile wins. */
async function requireExpected(
  { workflow, name }: AliasPlace,
  { expect }: AliasOptions,
  api: Api,
): Promise<string | undefined> {
  if (expect === undefined) return undefined;
  const { alias, tag } = await api.getAlias(workflow, name);
  const expected = parseVersionName(expect);
  if (alias.version === expected || alias.as === expected) return tag;
  throw usageError(
    `${workflow}@${name} is ${alias.as} (v${alias.version}), not ${expect}.`,
    `See who moved it, and why: sluice alias ${workflow} ${name}`,
  );
}

function renderAliases(items: readonly AliasView[], style: Style): string[] {
  if (items.length === 0) return ['no version was published yet; publish one: sluice publish NAME'];
  const rows = items.map(({ name, version, as, movedAt, movedBy, reason }) =>
    [name, as, `v${version}`, movedAt, movedBy, reason].map(toPlainText),
  );
  return renderTable(['ALIAS', 'IS', 'VERSION', 'SINCE', 'BY', 'REASON'], rows, style);
}

function renderMoves(items: readonly AliasMoveView[], style: Style): string[] {
  const rows = items.map(({ version, as, at, by, reason }) =>
    [at, as ?? 'removed', version === undefined ? '' : `v${version}`, by, reason].map(toPlainText),
  );
  return renderTable(['AT', 'TO', 'VERSION', 'BY', 'REASON'], rows, style);
}
