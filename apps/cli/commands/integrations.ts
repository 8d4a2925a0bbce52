import type { Command } from 'commander';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { usageError } from '../input/usage-error.js';
import type { Discovered } from '../server/integrations-api.js';
import {
  renderDiscovered,
  renderHealth,
  renderIntegration,
  renderIntegrations,
  renderSync,
} from '../view/integrations.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { styleOf } from '../view/style.js';
import { addSetCommand } from './set-integration.js';

interface JsonOption {
  readonly json?: boolean;
}

interface HookOptions extends JsonOption {
  readonly secret?: string;
  readonly reason?: string;
}

interface DiscoverOptions extends JsonOption {
  readonly of?: string;
  readonly pipeline?: string;
  readonly ref?: string;
  readonly text?: string;
  readonly after?: string;
}

const NAME = 'name or id of the integration';
const JSON_OPTION = ['--json', 'print what the server answered'] as const;
const WHAT = ['projects', 'pipelines', 'branches', 'inputs'] as const satisfies readonly (keyof Discovered)[];

export function addIntegrationsCommand(program: Command, context: CommandContext): void {
  const integrations = program
    .command('integrations')
    .description('Platforms of CI/CD: list, get, set, hook, delete, test, discover, sync.')
    .helpCommand(false);
  integrations
    .command('list')
    .description('Lists the integrations of the project.')
    .option('--json', 'print one JSON object: items')
    .action((options: JsonOption) => context.perform(options, () => list(options, context)));
  integrations
    .command('get')
    .description('Shows an integration.')
    .argument('<name>', NAME)
    .option(...JSON_OPTION)
    .action((name: string, options: JsonOption) =>
      context.perform(options, () => get(name, options, context)),
    );
  addSetCommand(integrations, context);
  integrations
    .command('hook')
    .description('Gives an integration a secret for webhooks, and says where its platform brings them.')
    .argument('<name>', NAME)
    .option(
      '--secret <reference>',
      'reference to the secret, as env:NAME; one is made, and shown once, when absent',
    )
    .option('--reason <text>', 'why; kept in the audit log')
    .option(...JSON_OPTION)
    .action((name: string, options: HookOptions) =>
      context.perform(options, () => hook(name, options, context)),
    );
  integrations
    .command('delete')
    .description('Removes an integration. Steps that name it fail from then on.')
    .argument('<name>', NAME)
    .option('--json', 'print one JSON object: removed')
    .action((name: string, options: JsonOption) =>
      context.perform(options, () => remove(name, options, context)),
    );
  addAskingCommands(integrations, context);
}

function addAskingCommands(integrations: Command, context: CommandContext): void {
  integrations
    .command('test')
    .description(
      'Asks the platform whether the integration works; ends with 1 where it does not, or lacks permissions.',
    )
    .argument('<name>', NAME)
    .option(...JSON_OPTION)
    .action((name: string, options: JsonOption) =>
      context.perform(options, () => test(name, options, context)),
    );
  integrations
    .command('discover')
    .description(
      'Lists what the integration can see: projects, and of one of them pipelines, branches, inputs.',
    )
    .argument('<name>', NAME)
    .argument('<what>', WHAT.join(', '))
    .option('--of <project>', 'project of the platform, as acme/app; of all but projects')
    .option('--pipeline <name>', 'of inputs')
    .option('--ref <ref>', 'branch or tag, of inputs')
    .option('--text <part>', 'part of the name')
    .option('--after <next>', '`next` of the page before')
    .option(...JSON_OPTION)
    .action((name: string, what: string, options: DiscoverOptions) =>
      context.perform(options, () => discover(name, what, options, context)),
    );
  integrations
    .command('sync')
    .description(
      'Asks for the executions of what the integration watches; ends with 1 where some could not be had.',
    )
    .argument('<name>', NAME)
    .option(...JSON_OPTION)
    .action((name: string, options: JsonOption) =>
      context.perform(options, () => sync(name, options, context)),
    );
}

async function list(options: JsonOption, context: CommandContext): Promise<ExitCode> {
  const items = await context.api().listIntegrations();
  const { out } = context.console;
  writeLines(
    out,
    options.json === true ? [toSafeJson({ items }, 2)] : renderIntegrations(items, styleOf(out)),
  );
  return EXIT.ok;
}

async function get(name: string, options: JsonOption, context: CommandContext): Promise<ExitCode> {
  const integration = await context.api().getIntegration(name);
  writeLines(
    context.console.out,
    options.json === true ? [toSafeJson(integration, 2)] : renderIntegration(integration),
  );
  return EXIT.ok;
}

async function hook(name: string, options: HookOptions, context: CommandContext): Promise<ExitCode> {
  const { secret: reference, reason } = options;
  const api = context.api();
  const found = await api.rotateHook(name, {
    ...(reference === undefined ? {} : { secret: reference }),
    ...(reason === undefined ? {} : { reason }),
  });
  const path = found.hook?.path ?? '';
  writeLines(
    context.console.out,
    options.json === true
      ? [toSafeJson(found, 2)]
      : [
          toPlainText(`${found.platform} brings events to ${api.server}${path}`),
          ...(found.secret === undefined ? [] : [`secret, shown this once: ${toPlainText(found.secret)}`]),
        ],
  );
  return EXIT.ok;
}

async function remove(name: string, options: JsonOption, context: CommandContext): Promise<ExitCode> {
  await context.api().removeIntegration(name);
  writeLines(context.console.out, [
    options.json === true ? toSafeJson({ removed: name }, 2) : toPlainText(`integration ${name} is removed`),
  ]);
  return EXIT.ok;
}

async function test(name: string, options: JsonOption, context: CommandContext): Promise<ExitCode> {
  const health = await context.api().testIntegration(name);
  writeLines(
    context.console.out,
    options.json === true ? [toSafeJson(health, 2)] : renderHealth(name, health),
  );
  return health.state === 'healthy' ? EXIT.ok : EXIT.failed;
}

async function sync(name: string, options: JsonOption, context: CommandContext): Promise<ExitCode> {
  const synced = await context.api().syncIntegration(name);
  writeLines(context.console.out, options.json === true ? [toSafeJson(synced, 2)] : renderSync(name, synced));
  return synced.code === undefined ? EXIT.ok : EXIT.failed;
}

async function discover(
  name: string,
  what: string,
  options: DiscoverOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const known = WHAT.find((each) => each === what);
  if (known === undefined)
    throw usageError(`There are no ${what} to discover.`, `Name one of ${WHAT.join(', ')}.`);
  const { of: project, pipeline, ref, text, after } = options;
  if (known !== 'projects' && project === undefined)
    throw usageError(
      `${known} are those of a project of the platform.`,
      'Name it by --of, as --of acme/app.',
    );
  const page = await context.api().discover(name, known, { project, pipeline, ref, text, after });
  const { out } = context.console;
  writeLines(
    out,
    options.json === true ? [toSafeJson(page, 2)] : renderDiscovered(known, page, styleOf(out)),
  );
  return EXIT.ok;
}
