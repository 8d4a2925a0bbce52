import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { PlatformAuth, WatchedPipeline } from '#contracts/cicd/integration.js';
import type { IntegrationChange, IntegrationRequest } from '#contracts/rest/integrations.js';
import type { Json, JsonObject } from '#domain/json.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { usageError } from '../input/usage-error.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';

interface SetOptions {
  readonly json?: boolean;
  readonly platform?: string;
  readonly baseUrl?: string;
  readonly description?: string;
  readonly auth?: (typeof AUTHS)[number];
  readonly secret?: string;
  readonly username?: string;
  readonly tokenUrl?: string;
  readonly clientId?: string;
  readonly scope?: readonly string[];
  readonly appId?: string;
  readonly installationId?: string;
  readonly option?: readonly string[];
  readonly authorities?: string;
  readonly proxy?: string;
  readonly watch?: readonly string[];
  readonly status?: 'active' | 'disabled';
  readonly reason?: string;
}

const AUTHS = ['token', 'basic', 'bearer', 'oauth2', 'github-app'] as const;

export function addSetCommand(integrations: Command, context: CommandContext): void {
  integrations
    .command('set')
    .description('Connects with a platform, or changes what is named of an integration that is there.')
    .argument('<name>', 'name of the integration')
    .option('--platform <name>', 'of one that is new, as github')
    .option('--base-url <url>', "of the platform's API; that of its cloud by default")
    .option('--description <text>', 'for people')
    .addOption(new Option('--auth <way>', 'how the platform is told who asks').choices(AUTHS))
    .option('--secret <reference>', 'reference to the secret, as env:NAME')
    .option('--username <name>', 'of basic')
    .option('--token-url <url>', 'of oauth2')
    .option('--client-id <id>', 'of oauth2')
    .option('--scope <scopes...>', 'of oauth2')
    .option('--app-id <id>', 'of github-app')
    .option('--installation-id <id>', 'of github-app')
    .option('--option <name=value...>', 'what is particular to the platform; the value is JSON, else a text')
    .option('--authorities <file>', 'file of certificates (PEM) of the only authorities that are trusted')
    .option('--proxy <url>', 'as http://proxy.example:3128')
    .option(
      '--watch <project...>',
      'whose executions are asked for now and then, in place of those before: acme/app, or one pipeline of it, acme/app#build.yml',
    )
    .addOption(
      new Option('--status <status>', 'whether its platform is asked').choices(['active', 'disabled']),
    )
    .option('--reason <text>', 'why; kept in the audit log')
    .option('--json', 'print what the server answered')
    .action((name: string, options: SetOptions) =>
      context.perform(options, () => set(name, options, context)),
    );
}

async function set(name: string, options: SetOptions, context: CommandContext): Promise<ExitCode> {
  const integration = await context.api().setIntegration(name, await readChange(options));
  writeLines(context.console.out, [
    options.json === true
      ? toSafeJson(integration, 2)
      : toPlainText(
          `integration ${integration.name} is with ${integration.platform} at ${integration.baseUrl}`,
        ),
  ]);
  return EXIT.ok;
}

async function readChange(
  options: SetOptions,
): Promise<IntegrationChange & Pick<Partial<IntegrationRequest>, 'platform'>> {
  const { platform, baseUrl, description, option, authorities, proxy, watch, status, reason } = options;
  const auth = readAuth(options);
  return {
    ...(platform !== undefined && { platform }),
    ...(baseUrl !== undefined && { baseUrl }),
    ...(description !== undefined && { description }),
    ...(auth !== undefined && { auth }),
    ...(option !== undefined && { options: readOptions(option) }),
    ...(authorities !== undefined && { authorities: await readText(authorities) }),
    ...(proxy !== undefined && { proxy }),
    ...(watch !== undefined && { sync: watch.map(readWatched) }),
    ...(status !== undefined && { status }),
    ...(reason !== undefined && { reason }),
  };
}

/** As it is said: the server tells what is missing. */
function readAuth(options: SetOptions): PlatformAuth | undefined {
  const { auth: type, secret, username, tokenUrl, clientId, scope, appId, installationId } = options;
  if (type === undefined) return undefined;
  return {
    type,
    ...(secret !== undefined && { secret }),
    ...(username !== undefined && { username }),
    ...(tokenUrl !== undefined && { tokenUrl }),
    ...(clientId !== undefined && { clientId }),
    ...(scope !== undefined && { scopes: scope }),
    ...(appId !== undefined && { appId }),
    ...(installationId !== undefined && { installationId }),
  } as PlatformAuth;
}

/** Throws SluiceError `usage`. */
function readOptions(given: readonly string[]): JsonObject {
  return Object.fromEntries(
    given.map((text) => {
      const [, name, value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      if (name === undefined) throw usageError(`--option ${text} has no value.`, 'Write it as name=value.');
      return [name, readValue(value)];
    }),
  );
}

function readValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function readWatched(text: string): WatchedPipeline {
  const at = text.indexOf('#');
  return at < 0 ? { project: text } : { project: text.slice(0, at), pipeline: text.slice(at + 1) };
}

/** Throws SluiceError `usage`. */
async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw usageError(`${path} cannot be read.`, 'Name a file of certificates in the form of PEM.');
  }
}
