import { type Command, InvalidArgumentError, Option } from 'commander';
import type { AgentAuth } from '#contracts/agents.js';
import type { AgentChange, AgentView } from '#contracts/rest/agents.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { type Style, styleOf } from '../view/style.js';

interface AgentOptions {
  readonly json?: boolean;
}

const AUTHS = ['none', 'bearer', 'basic', 'api_key', 'oauth2'] as const;

interface SetOptions extends AgentOptions {
  readonly url?: string;
  readonly healthUrl?: string;
  readonly description?: string;
  readonly auth?: (typeof AUTHS)[number];
  readonly secret?: string;
  readonly username?: string;
  readonly header?: string;
  readonly tokenUrl?: string;
  readonly clientId?: string;
  readonly scope?: readonly string[];
  readonly timeout?: number;
  readonly attempts?: number;
  readonly pause?: number;
  readonly status?: 'active' | 'disabled';
  readonly reason?: string;
}

export function addAgentsCommand(program: Command, context: CommandContext): void {
  const agents = program
    .command('agents')
    .description('External executors that steps call: list, set, check, remove.')
    .helpCommand(false);
  agents
    .command('list')
    .description('Lists the agents of the project.')
    .option('--json', 'print one JSON object: items')
    .action((options: AgentOptions) => context.perform(options, () => list(options, context)));
  addSetCommand(agents, context);
  agents
    .command('check')
    .description('Asks an agent whether it is well; ends with 1 where it is not.')
    .argument('<name>', 'name or id of the agent')
    .option('--json', 'print what the server found')
    .action((name: string, options: AgentOptions) =>
      context.perform(options, () => check(name, options, context)),
    );
  agents
    .command('remove')
    .description('Removes an agent. What is under way at it goes on.')
    .argument('<name>', 'name or id of the agent')
    .option('--json', 'print one JSON object: removed')
    .action((name: string, options: AgentOptions) =>
      context.perform(options, () => remove(name, options, context)),
    );
}

function addSetCommand(agents: Command, context: CommandContext): void {
  agents
    .command('set')
    .description('Registers an agent, or changes what is named of one that is there.')
    .argument('<name>', 'name of the agent')
    .option('--url <url>', 'where it is called by POST')
    .option('--health-url <url>', 'where it is asked whether it is well; by default `health` beside the url')
    .option('--description <text>', 'for people')
    .addOption(new Option('--auth <way>', 'how it is told who asks').choices(AUTHS))
    .option('--secret <reference>', 'reference to the secret, as env:NAME')
    .option('--username <name>', 'of basic')
    .option('--header <name>', 'of api_key')
    .option('--token-url <url>', 'of oauth2')
    .option('--client-id <id>', 'of oauth2')
    .option('--scope <scopes...>', 'of oauth2')
    .option('--timeout <ms>', 'milliseconds of one call', parseWhole)
    .option('--attempts <number>', 'calls at most, in one attempt of a step', parseWhole)
    .option(
      '--pause <ms>',
      'milliseconds before the second call; doubled before each further one',
      parseWhole,
    )
    .addOption(new Option('--status <status>', 'whether steps may call it').choices(['active', 'disabled']))
    .option('--reason <text>', 'why; kept in the audit log')
    .option('--json', 'print what the server answered')
    .action((name: string, options: SetOptions) =>
      context.perform(options, () => set(name, options, context)),
    );
}

async function list(options: AgentOptions, context: CommandContext): Promise<ExitCode> {
  const items = await context.api().listAgents();
  const { out } = context.console;
  writeLines(out, options.json === true ? [toSafeJson({ items }, 2)] : renderAgents(items, styleOf(out)));
  return EXIT.ok;
}

function renderAgents(items: readonly AgentView[], style: Style): string[] {
  if (items.length === 0) return ['no agent yet; register one: sluice agents set NAME --url https://…'];
  return items.map(({ name, url, status, auth, health }) => {
    const facts = [
      ...(status === 'disabled' ? ['disabled'] : []),
      ...(auth.type === 'none' ? [] : [auth.type]),
      ...(health === undefined ? [] : [`${health.status} at ${health.checkedAt}`]),
    ];
    const text = `${toPlainText(url)}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
    return `${style.strong(toPlainText(name))}  ${text}`;
  });
}

async function set(name: string, options: SetOptions, context: CommandContext): Promise<ExitCode> {
  const agent = await context.api().setAgent(name, readChange(options));
  writeLines(context.console.out, [
    options.json === true ? toSafeJson(agent, 2) : toPlainText(`agent ${agent.name} is at ${agent.url}`),
  ]);
  return EXIT.ok;
}

function readChange(options: SetOptions): AgentChange {
  const { url, healthUrl, description, timeout, attempts, pause, status, reason } = options;
  const auth = readAuth(options);
  return {
    ...(url !== undefined && { url }),
    ...(healthUrl !== undefined && { healthUrl }),
    ...(description !== undefined && { description }),
    ...(auth !== undefined && { auth }),
    ...(timeout !== undefined && { timeoutMs: timeout }),
    ...((attempts !== undefined || pause !== undefined) && {
      retry: { attempts: attempts ?? 3, pauseMs: pause ?? 1_000 },
    }),
    ...(status !== undefined && { status }),
    ...(reason !== undefined && { reason }),
  };
}

/** As it is said: the server tells what is missing. */
function readAuth(options: SetOptions): AgentAuth | undefined {
  const { auth: type, secret, username, header, tokenUrl, clientId, scope } = options;
  if (type === undefined) return undefined;
  return {
    type,
    ...(secret !== undefined && { secret }),
    ...(username !== undefined && { username }),
    ...(header !== undefined && { header }),
    ...(tokenUrl !== undefined && { tokenUrl }),
    ...(clientId !== undefined && { clientId }),
    ...(scope !== undefined && { scopes: scope }),
  } as AgentAuth;
}

async function check(name: string, options: AgentOptions, context: CommandContext): Promise<ExitCode> {
  const health = await context.api().checkAgent(name);
  const { status, ms, message } = health;
  const said = message === undefined ? '' : ` ${message}`;
  writeLines(context.console.out, [
    options.json === true
      ? toSafeJson(health, 2)
      : toPlainText(`agent ${name} is ${status} (${ms} ms).${said}`),
  ]);
  return status === 'healthy' ? EXIT.ok : EXIT.failed;
}

async function remove(name: string, options: AgentOptions, context: CommandContext): Promise<ExitCode> {
  await context.api().removeAgent(name);
  writeLines(context.console.out, [
    options.json === true ? toSafeJson({ removed: name }, 2) : toPlainText(`agent ${name} is removed`),
  ]);
  return EXIT.ok;
}

function parseWhole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is not a whole number.');
  return Number(text);
}
