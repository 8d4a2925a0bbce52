import type { Command } from 'commander';
import type { CallerView } from '#contracts/rest/users.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { usageError } from '../input/usage-error.js';
import { keepCredentials, requireKey } from '../server/credentials.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';

interface JsonOption {
  readonly json?: boolean;
}

export function addLoginCommand(program: Command, context: CommandContext): void {
  program
    .command('login')
    .description('Keeps an API key for a server, once it has let in; it is read from the terminal or stdin.')
    .option('--json', 'print what the server says of the caller')
    .action((options: JsonOption) => context.perform(options, () => login(options, context)));
}

export function addLogoutCommand(program: Command, context: CommandContext): void {
  program
    .command('logout')
    .description('Forgets the API key that is kept for a server; it stays valid.')
    .option('--json', 'print one JSON object: forgotten')
    .action((options: JsonOption) => context.perform(options, async () => logout(options, context)));
}

export function addWhoAmICommand(program: Command, context: CommandContext): void {
  program
    .command('whoami')
    .description('Says who the server takes you for, and what you may do.')
    .option('--json', 'print what the server answered')
    .action((options: JsonOption) => context.perform(options, () => whoAmI(options, context)));
}

async function login({ json }: JsonOption, context: CommandContext): Promise<ExitCode> {
  const { console } = context;
  const text =
    console.ask === undefined ? await console.readStdin() : await console.ask('API key: ', { hidden: true });
  const key = text?.trim() ?? '';
  if (key === '') throw usageError('There is no API key.', 'Type it, or send it: sluice login < key-file');
  const caller = await context.api(requireKey(key, 'This')).whoAmI();
  keepCredentials(context.server(), key, console.env);
  const lines = json === true ? [toSafeJson(caller, 2)] : ['kept', ...describeCaller(caller)];
  writeLines(console.out, lines);
  return EXIT.ok;
}

function logout({ json }: JsonOption, context: CommandContext): ExitCode {
  const forgotten = keepCredentials(context.server(), undefined, context.console.env);
  writeLines(context.console.out, [
    json === true ? toSafeJson({ forgotten }, 2) : forgotten ? 'forgotten' : 'none was kept',
  ]);
  return EXIT.ok;
}

async function whoAmI({ json }: JsonOption, context: CommandContext): Promise<ExitCode> {
  const caller = await context.api().whoAmI();
  writeLines(context.console.out, json === true ? [toSafeJson(caller, 2)] : describeCaller(caller));
  return EXIT.ok;
}

function describeCaller({ actor, project, roles, everywhere, permissions }: CallerView): string[] {
  const here = roles.length === 0 ? 'no role' : roles.join(', ');
  return [
    `${actor}, in the project ${project}: ${here}`,
    ...(everywhere.length === 0 ? [] : [`in all projects: ${everywhere.join(', ')}`]),
    `may: ${permissions.join(' ')}`,
  ].map(toPlainText);
}
