import { type Command, InvalidArgumentError, Option } from 'commander';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { usageError } from '../input/usage-error.js';
import {
  renderExecution,
  renderExecutions,
  renderJobs,
  renderStatistics,
} from '../view/pipeline-executions.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { styleOf } from '../view/style.js';

interface JsonOption {
  readonly json?: boolean;
}

interface FilterOptions extends JsonOption {
  readonly integration?: string;
  readonly platform?: string;
  readonly of?: string;
  readonly pipeline?: string;
  readonly ref?: string;
}

interface ListOptions extends FilterOptions {
  readonly state?: string;
  readonly run?: string;
  readonly limit: number;
}

interface StatisticsOptions extends FilterOptions {
  readonly from?: string;
  readonly to?: string;
  readonly price?: string;
}

interface OperateOptions extends JsonOption {
  readonly all?: boolean;
  readonly reason?: string;
}

const ID = 'id of the execution, as `list` shows it';
const JSON_OPTION = ['--json', 'print what the server answered'] as const;
const REASON_OPTION = ['--reason <text>', 'why; kept in the audit log'] as const;

/** Executions of pipelines that the server knows. */
export function addExecutionCommands(pipelines: Command, context: CommandContext): void {
  withFilters(
    pipelines
      .command('list')
      .description('Lists executions of pipelines on all platforms, the newest first.'),
  )
    .option('--state <states>', 'one or more states, separated by commas, as running,failed')
    .option('--run <id>', 'those that a run started')
    .addOption(new Option('--limit <number>', 'so many at most').argParser(parseLimit).default(20))
    .option(...JSON_OPTION)
    .action((options: ListOptions) => context.perform(options, () => list(options, context)));
  pipelines
    .command('get')
    .description('Shows one execution.')
    .argument('<id>', ID)
    .option(...JSON_OPTION)
    .action((id: string, options: JsonOption) => context.perform(options, () => get(id, options, context)));
  pipelines
    .command('jobs')
    .description('Lists the jobs of an execution, with their steps.')
    .argument('<id>', ID)
    .option(...JSON_OPTION)
    .action((id: string, options: JsonOption) => context.perform(options, () => jobs(id, options, context)));
  pipelines
    .command('logs')
    .description('Prints the log of a job.')
    .argument('<id>', ID)
    .argument('[job]', 'id or name of the job; may be left out where there is one')
    .action((id: string, job: string | undefined) => context.perform({}, () => logs(id, job, context)));
  addOperations(pipelines, context);
  withFilters(
    pipelines
      .command('statistics')
      .description(
        'Says how executions went: durations, queues, success, flaky jobs, slow steps, machine time.',
      ),
  )
    .option('--from <time>', 'first known at this moment or later (RFC 3339); 30 days before --to by default')
    .option('--to <time>', 'first known before this moment; now by default')
    .option('--price <number>', 'of one minute of a machine, in whatever currency')
    .option(...JSON_OPTION)
    .action((options: StatisticsOptions) => context.perform(options, () => statistics(options, context)));
}

function addOperations(pipelines: Command, context: CommandContext): void {
  pipelines
    .command('cancel')
    .description('Has the platform cancel an execution.')
    .argument('<id>', ID)
    .option(...REASON_OPTION)
    .option(...JSON_OPTION)
    .action((id: string, options: OperateOptions) =>
      context.perform(options, () => cancel(id, options, context)),
    );
  pipelines
    .command('retry')
    .description('Has the platform do again the jobs of an execution that failed.')
    .argument('<id>', ID)
    .option('--all', 'all of it')
    .option(...REASON_OPTION)
    .option(...JSON_OPTION)
    .action((id: string, options: OperateOptions) =>
      context.perform(options, () => retry(id, options, context)),
    );
}

function withFilters(command: Command): Command {
  return command
    .option('--integration <name>', 'of one integration')
    .option('--platform <name>', 'of one platform')
    .option('--of <project>', 'of one project of the platform, as acme/app')
    .option('--pipeline <name>', 'of one pipeline, as the platform names it')
    .option('--ref <ref>', 'of one branch or tag');
}

function filterOf({ integration, platform, of: project, pipeline, ref }: FilterOptions) {
  return { integration, platform, project, pipeline, ref };
}

async function list(options: ListOptions, context: CommandContext): Promise<ExitCode> {
  const { state, run, limit } = options;
  const page = await context.api().listPipelines({ ...filterOf(options), state, run, limit });
  const { out } = context.console;
  writeLines(out, options.json === true ? [toSafeJson(page, 2)] : renderExecutions(page, styleOf(out)));
  return EXIT.ok;
}

async function get(id: string, options: JsonOption, context: CommandContext): Promise<ExitCode> {
  const execution = await context.api().getPipeline(id);
  writeLines(
    context.console.out,
    options.json === true ? [toSafeJson(execution, 2)] : renderExecution(execution),
  );
  return EXIT.ok;
}

async function jobs(id: string, options: JsonOption, context: CommandContext): Promise<ExitCode> {
  const items = await context.api().listPipelineJobs(id);
  const { out } = context.console;
  writeLines(out, options.json === true ? [toSafeJson({ items }, 2)] : renderJobs(items, styleOf(out)));
  return EXIT.ok;
}

async function logs(id: string, wanted: string | undefined, context: CommandContext): Promise<ExitCode> {
  const api = context.api();
  const known = await api.listPipelineJobs(id);
  const fitting = known.filter((job) => wanted === undefined || job.id === wanted || job.name === wanted);
  const [job] = fitting;
  if (job === undefined || fitting.length > 1) {
    const names = known.map(({ id: jobId, name }) => `${name} (${jobId})`).join(', ');
    throw usageError(
      wanted === undefined
        ? 'The execution has not one job.'
        : job === undefined
          ? `The execution has no job ${wanted}.`
          : `The execution has several jobs ${wanted}.`,
      names === '' ? 'Ask again when it has begun.' : `Name one by its id: ${names}.`,
    );
  }
  const decoder = new TextDecoder();
  let rest = '';
  const print = (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) writeLines(context.console.out, lines.map(toPlainText));
  };
  for await (const bytes of await api.openPipelineLog(id, job.id))
    print(decoder.decode(bytes, { stream: true }));
  if (rest !== '') print('\n');
  return EXIT.ok;
}

async function cancel(id: string, options: OperateOptions, context: CommandContext): Promise<ExitCode> {
  const execution = await context.api().cancelPipeline(id, options.reason);
  writeLines(context.console.out, [
    options.json === true ? toSafeJson(execution, 2) : `execution ${id} is ${execution.state}`,
  ]);
  return EXIT.ok;
}

async function retry(id: string, options: OperateOptions, context: CommandContext): Promise<ExitCode> {
  const { all, reason } = options;
  const execution = await context.api().retryPipeline(id, {
    what: all === true ? 'all' : 'failed',
    ...(reason === undefined ? {} : { reason }),
  });
  const which = execution.id === id ? `its attempt ${execution.attempt}` : `execution ${execution.id}`;
  writeLines(context.console.out, [
    options.json === true ? toSafeJson(execution, 2) : `${which} is ${execution.state}`,
  ]);
  return EXIT.ok;
}

async function statistics(options: StatisticsOptions, context: CommandContext): Promise<ExitCode> {
  const { from, to, price: pricePerMinute } = options;
  const found = await context.api().getPipelineStatistics({ ...filterOf(options), from, to, pricePerMinute });
  const { out } = context.console;
  writeLines(out, options.json === true ? [toSafeJson(found, 2)] : renderStatistics(found, styleOf(out)));
  return EXIT.ok;
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!/^\d{1,4}$/.test(text) || limit < 1 || limit > 200)
    throw new InvalidArgumentError('It is not a whole number from 1 to 200.');
  return limit;
}
