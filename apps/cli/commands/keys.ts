import type { Command } from 'commander';
import type { ApiKeyView } from '#contracts/rest/api-keys.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { type Style, styleOf } from '../view/style.js';
import { renderTable } from '../view/table.js';

interface JsonOption {
  readonly json?: boolean;
}

interface CreateOptions extends JsonOption {
  readonly role?: readonly string[];
  readonly user?: string;
  readonly in?: readonly string[];
  readonly until?: string;
  readonly reason?: string;
}

export function addKeysCommand(program: Command, context: CommandContext): void {
  const keys = program
    .command('keys')
    .description('Makes, lists and revokes API keys: create, list, revoke.')
    .helpCommand(false);
  keys
    .command('create')
    .description('Makes an API key and prints it, this once.')
    .argument('<name>', 'name of the key, for the audit log')
    .option('--role <role...>', 'its roles: viewer, operator, developer, approver, admin, or others')
    .option('--user <name>', 'the person that it stands for, in place of roles')
    .option('--in <project...>', "its projects; '*' for all; that of --project where absent")
    .option('--until <moment>', 'when it ends: 2030-01-31T08:00:00Z')
    .option('--reason <text>', 'why; kept in the audit log')
    .option('--json', 'print what the server answered')
    .action((name: string, options: CreateOptions) =>
      context.perform(options, () => createKey(name, options, context)),
    );
  keys
    .command('list')
    .description('Lists the API keys of the project, the newest first.')
    .option('--json', 'print one JSON object: items')
    .action((options: JsonOption) => context.perform(options, () => listKeys(options, context)));
  keys
    .command('revoke')
    .description('Revokes an API key at once, with all tokens made of it.')
    .argument('<id>', 'id of the key')
    .option('--json', 'print one JSON object: revoked')
    .action((id: string, options: JsonOption) =>
      context.perform(options, () => revokeKey(id, options, context)),
    );
}

async function createKey(
  name: string,
  { role, user, in: projects, until, reason, json }: CreateOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const made = await context.api().createKey({
    name,
    ...(role !== undefined && { roles: role }),
    ...(user !== undefined && { user }),
    ...(projects !== undefined && { projects }),
    ...(until !== undefined && { expiresAt: until }),
    ...(reason !== undefined && { reason }),
  });
  const { out, err } = context.console;
  // The key alone on stdout: `sluice keys create ci --role operator > key-file`.
  if (json !== true) writeLines(err, [toPlainText(`key ${made.name} (${made.id}), shown this once:`)]);
  writeLines(out, [json === true ? toSafeJson(made, 2) : toPlainText(made.key)]);
  return EXIT.ok;
}

async function listKeys({ json }: JsonOption, context: CommandContext): Promise<ExitCode> {
  const items = await context.api().listKeys();
  const { out } = context.console;
  writeLines(out, json === true ? [toSafeJson({ items }, 2)] : renderKeys(items, styleOf(out)));
  return EXIT.ok;
}

function renderKeys(items: readonly ApiKeyView[], style: Style): string[] {
  if (items.length === 0) return ['no key yet; make one: sluice keys create NAME --role viewer'];
  const rows = items.map((key) =>
    [
      key.id,
      key.name,
      key.user ?? key.roles.join(', '),
      key.projects.join(', '),
      key.lastUsedAt ?? 'never',
      key.revokedAt === undefined ? (key.expiresAt ?? '') : `revoked ${key.revokedAt}`,
    ].map(toPlainText),
  );
  return renderTable(['ID', 'NAME', 'ROLES', 'PROJECTS', 'LAST USED', 'UNTIL'], rows, style);
}

async function revokeKey(id: string, { json }: JsonOption, context: CommandContext): Promise<ExitCode> {
  await context.api().revokeKey(id);
  writeLines(context.console.out, [
    json === true ? toSafeJson({ revoked: id }, 2) : toPlainText(`key ${id} is revoked`),
  ]);
  return EXIT.ok;
}
