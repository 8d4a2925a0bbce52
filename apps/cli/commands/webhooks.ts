import { type Command, Option } from 'commander';
import type {
  ListedDeliveryView,
  SecretWebhookView,
  WebhookRequest,
  WebhookView,
} from '#contracts/rest/webhooks.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readRunInputs } from '../input/run-inputs.js';
import { usageError } from '../input/usage-error.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { type Style, styleOf } from '../view/style.js';
import { renderTable } from '../view/table.js';

interface JsonOption {
  readonly json?: boolean;
}

interface ReasonOption extends JsonOption {
  readonly reason?: string;
}

interface CreateOptions extends ReasonOption {
  readonly from?: string;
  readonly scheme: (typeof SCHEMES)[number];
  readonly secret?: string;
  readonly workflow?: string;
  readonly input: readonly string[];
  readonly filter?: string;
}

interface RotateOptions extends ReasonOption {
  readonly secret?: string;
}

const SCHEMES = ['github', 'gitlab', 'standard-webhooks'] as const;
const SHOWN = 50;
const NAME = 'name or id of the webhook';
const JSON_OPTION = ['--json', 'print what the server answered'] as const;
const REASON_OPTION = ['--reason <text>', 'why; kept in the audit log'] as const;

export function addWebhooksCommand(program: Command, context: CommandContext): void {
  const webhooks = program
    .command('webhooks')
    .description(
      'Events from outside that start runs: list, create, show, enable, disable, rotate, remove, deliveries, replay.',
    )
    .helpCommand(false);
  webhooks
    .command('list')
    .description('Lists the webhooks of the project.')
    .option('--json', 'print one JSON object: items')
    .action((options: JsonOption) => context.perform(options, () => list(options, context)));
  addCreateCommand(webhooks, context);
  webhooks
    .command('show')
    .description('Shows a webhook: its address, its rules, and why it last refused something.')
    .argument('<name>', NAME)
    .option(...JSON_OPTION)
    .action((name: string, options: JsonOption) =>
      context.perform(options, () => show(name, options, context)),
    );
  for (const [command, status] of [
    ['enable', 'active'],
    ['disable', 'disabled'],
  ] as const) {
    webhooks
      .command(command)
      .description(
        command === 'enable' ? 'Takes events again.' : 'Takes no events until it is enabled again.',
      )
      .argument('<name>', NAME)
      .option(...REASON_OPTION)
      .option(...JSON_OPTION)
      .action((name: string, options: ReasonOption) =>
        context.perform(options, () => setStatus(name, status, options, context)),
      );
  }
  addSecretCommands(webhooks, context);
  addDeliveryCommands(webhooks, context);
}

function addCreateCommand(webhooks: Command, context: CommandContext): void {
  webhooks
    .command('create')
    .description('Makes a webhook, and prints its secret, this once.')
    .argument('<name>', 'name of the webhook')
    .addOption(new Option('--scheme <scheme>', 'how the sender signs').choices(SCHEMES).default('github'))
    .option('--workflow <workflow>', 'the workflow that an event starts')
    .option(
      '--input <key=value>',
      "an input of the run; may hold expressions, as 'ref=${{ body.ref }}'",
      (pair: string, pairs: readonly string[]) => [...pairs, pair],
      [] as readonly string[],
    )
    .option('--filter <expression>', 'which events are meant, as "event.type == \'push\'"')
    .option('--secret <reference>', 'a reference to the secret, as env:NAME, in place of one that is made')
    .option('--from <file>', 'a file of all there is to say, JSON or YAML as POST /api/v1/webhooks takes it')
    .option(...REASON_OPTION)
    .option(...JSON_OPTION)
    .action((name: string, options: CreateOptions) =>
      context.perform(options, () => create(name, options, context)),
    );
}

function addSecretCommands(webhooks: Command, context: CommandContext): void {
  webhooks
    .command('rotate')
    .description('Gives a webhook another secret; the one before is valid for a day still.')
    .argument('<name>', NAME)
    .option('--secret <reference>', 'a reference to it, in place of one that is made')
    .option(...REASON_OPTION)
    .option(...JSON_OPTION)
    .action((name: string, options: RotateOptions) =>
      context.perform(options, () => rotate(name, options, context)),
    );
  webhooks
    .command('remove')
    .description('Removes a webhook; runs that it started go on.')
    .argument('<name>', NAME)
    .option('--json', 'print one JSON object: removed')
    .action((name: string, options: JsonOption) =>
      context.perform(options, () => remove(name, options, context)),
    );
}

function addDeliveryCommands(webhooks: Command, context: CommandContext): void {
  webhooks
    .command('deliveries')
    .description('Lists what senders brought last, the newest first; one of them with what was sent.')
    .argument('<name>', NAME)
    .argument('[delivery]', 'id of a delivery')
    .option(...JSON_OPTION)
    .action((name: string, delivery: string | undefined, options: JsonOption) =>
      context.perform(options, () =>
        delivery === undefined
          ? listDeliveries(name, options, context)
          : showDelivery(name, delivery, options, context),
      ),
    );
  webhooks
    .command('replay')
    .description('Does once more what a delivery does, by the rules that the webhook has now.')
    .argument('<name>', NAME)
    .argument('<delivery>', 'id of the delivery')
    .option(...REASON_OPTION)
    .option(...JSON_OPTION)
    .action((name: string, delivery: string, options: ReasonOption) =>
      context.perform(options, () => replay(name, delivery, options, context)),
    );
}

async function list({ json }: JsonOption, context: CommandContext): Promise<ExitCode> {
  const items = await context.api().listWebhooks();
  const { out } = context.console;
  writeLines(out, json === true ? [toSafeJson({ items }, 2)] : renderWebhooks(items, styleOf(out)));
  return EXIT.ok;
}

function renderWebhooks(items: readonly WebhookView[], style: Style): string[] {
  if (items.length === 0)
    return ['no webhook yet; make one: sluice webhooks create NAME --workflow WORKFLOW'];
  const rows = items.map((webhook) =>
    [webhook.name, webhook.scheme.type, describeAction(webhook), webhook.status, webhook.path].map(
      toPlainText,
    ),
  );
  return renderTable(['NAME', 'SCHEME', 'DOES', 'STATUS', 'PATH'], rows, style);
}

function describeAction({ action }: WebhookView): string {
  return action.type === 'start' ? `starts ${action.workflow ?? ''}` : `sends ${action.event}`;
}

async function create(name: string, options: CreateOptions, context: CommandContext): Promise<ExitCode> {
  return tellSecret(
    await context.api().createWebhook(await readRequest(name, options, context)),
    options,
    context,
  );
}

/** The server says what is missing. */
async function readRequest(
  name: string,
  { from, scheme, workflow, input, filter, secret, reason }: CreateOptions,
  { console }: CommandContext,
): Promise<WebhookRequest> {
  const more = {
    ...(filter !== undefined && { filter }),
    ...(secret !== undefined && { secret }),
    ...(reason !== undefined && { reason }),
  };
  if (from !== undefined) {
    const file = await readRunInputs({ file: from, pairs: [] }, console);
    return { ...file, name, ...more } as unknown as WebhookRequest;
  }
  if (workflow === undefined) {
    throw usageError(
      'Nothing says what an event does.',
      'Name a workflow with --workflow, or write it all into --from.',
    );
  }
  const inputs = await readRunInputs({ pairs: input }, console);
  return { name, scheme: { type: scheme }, action: { type: 'start', workflow, inputs }, ...more };
}

async function show(name: string, { json }: JsonOption, context: CommandContext): Promise<ExitCode> {
  const webhook = await context.api().getWebhook(name);
  const { status, path, lastRefusal } = webhook;
  const lines = [
    `webhook ${webhook.name} (${webhook.id}) is ${status}, and ${describeAction(webhook)}`,
    `  path      ${path}`,
    `  scheme    ${webhook.scheme.type}`,
    `  secret    ${webhook.secretReference ?? 'made here'}`,
    ...(webhook.filter === undefined ? [] : [`  filter    ${webhook.filter}`]),
    ...(webhook.previousUntil === undefined
      ? []
      : [`  the secret before is valid until ${webhook.previousUntil}`]),
    ...(lastRefusal === undefined ? [] : [`  last refused: ${lastRefusal.reason}, at ${lastRefusal.at}`]),
  ];
  writeLines(context.console.out, json === true ? [toSafeJson(webhook, 2)] : lines.map(toPlainText));
  return EXIT.ok;
}

async function setStatus(
  name: string,
  status: WebhookView['status'],
  { reason, json }: ReasonOption,
  context: CommandContext,
): Promise<ExitCode> {
  const webhook = await context
    .api()
    .changeWebhook(name, { status, ...(reason !== undefined && { reason }) });
  writeLines(context.console.out, [
    json === true ? toSafeJson(webhook, 2) : toPlainText(`webhook ${webhook.name} is ${webhook.status}`),
  ]);
  return EXIT.ok;
}

async function rotate(name: string, options: RotateOptions, context: CommandContext): Promise<ExitCode> {
  const { secret, reason } = options;
  const webhook = await context.api().rotateWebhook(name, {
    ...(secret !== undefined && { secret }),
    ...(reason !== undefined && { reason }),
  });
  return tellSecret(webhook, options, context);
}

/** The secret alone on stdout, where there is one. */
function tellSecret(webhook: SecretWebhookView, { json }: JsonOption, { console }: CommandContext): ExitCode {
  const { name, path, secret } = webhook;
  if (json === true) {
    writeLines(console.out, [toSafeJson(webhook, 2)]);
  } else {
    const told = secret === undefined ? '' : '; its secret, shown this once:';
    writeLines(console.err, [toPlainText(`webhook ${name} takes events at ${path}${told}`)]);
    if (secret !== undefined) writeLines(console.out, [toPlainText(secret)]);
  }
  return EXIT.ok;
}

async function remove(name: string, { json }: JsonOption, context: CommandContext): Promise<ExitCode> {
  await context.api().removeWebhook(name);
  writeLines(context.console.out, [
    json === true ? toSafeJson({ removed: name }, 2) : toPlainText(`webhook ${name} is removed`),
  ]);
  return EXIT.ok;
}

async function listDeliveries(
  name: string,
  { json }: JsonOption,
  context: CommandContext,
): Promise<ExitCode> {
  const items = await context.api().listDeliveries(name, SHOWN);
  const { out } = context.console;
  writeLines(out, json === true ? [toSafeJson({ items }, 2)] : renderDeliveries(items, styleOf(out)));
  return EXIT.ok;
}

function renderDeliveries(items: readonly ListedDeliveryView[], style: Style): string[] {
  if (items.length === 0) return ['no delivery yet'];
  const rows = items.map((delivery) =>
    [delivery.id, delivery.receivedAt, delivery.event.type, delivery.outcome, describeResult(delivery)].map(
      toPlainText,
    ),
  );
  return renderTable(['ID', 'AT', 'TYPE', 'OUTCOME', ''], rows, style);
}

function describeResult({ run, targets, code, message, replayOf }: ListedDeliveryView): string {
  const result = run ?? (targets === undefined ? undefined : `to ${targets} runs`);
  const why = code === undefined ? undefined : `${code}: ${message ?? ''}`;
  const replay = replayOf === undefined ? undefined : `(replay of ${replayOf})`;
  return [result, why, replay].filter((part) => part !== undefined).join(' ');
}

async function showDelivery(
  name: string,
  id: string,
  { json }: JsonOption,
  context: CommandContext,
): Promise<ExitCode> {
  const delivery = await context.api().getDelivery(name, id);
  const lines = [
    `delivery ${delivery.id} of ${delivery.receivedAt}: ${delivery.outcome} ${describeResult(delivery)}`,
    ...Object.entries(delivery.headers).map(([header, value]) => `  ${header}: ${value}`),
    '',
    ...delivery.body.split('\n'),
    ...(delivery.bodyLength > delivery.body.length ? [`… ${delivery.bodyLength} characters`] : []),
  ];
  writeLines(context.console.out, json === true ? [toSafeJson(delivery, 2)] : lines.map(toPlainText));
  return EXIT.ok;
}

async function replay(
  name: string,
  id: string,
  { reason, json }: ReasonOption,
  context: CommandContext,
): Promise<ExitCode> {
  const delivery = await context.api().replayDelivery(name, id, reason);
  writeLines(context.console.out, [
    json === true
      ? toSafeJson(delivery, 2)
      : toPlainText(`delivery ${delivery.id}: ${delivery.outcome} ${describeResult(delivery)}`),
  ]);
  return delivery.outcome === 'refused' ? EXIT.failed : EXIT.ok;
}
