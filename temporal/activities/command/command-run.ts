import { constants } from 'node:os';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import {
  COMMAND_OUTPUT_LIMIT,
  type CommandRunInput,
  type CommandRunOutput,
} from '#contracts/catalogue/command-run.js';
import type { Action, ActionContext } from '#contracts/ports.js';
import type { SluiceError } from '#domain/errors.js';
import type { FailureClass } from '#domain/execution/step-error.js';
import type { Json } from '#domain/json.js';
import { toLogLine } from '../log-line.js';
import { prepareSecrets } from './command-secrets.js';
import type { CommandHost, HostResult } from './process/command-host.js';
import { OutputTail } from './process/output-tail.js';
import { requireFolderInWorkspace } from './process/workspace-folders.js';

const STDERR_LIMIT = 16_384;

/**
 * `command/run`. Throws SluiceError `command-failed` (an exit code that does not mean success), `command-killed`,
 * `command-output-invalid`, `secret-unusable`, `path-outside-workspace`, `path-not-found`, and what the host throws.
 */
export function createCommandRun(host: CommandHost): Action {
  return async (input, context) => ({ ...(await run(host, input as unknown as CommandRunInput, context)) });
}

async function run(
  host: CommandHost,
  input: CommandRunInput,
  context: ActionContext,
): Promise<CommandRunOutput> {
  const directory = await requireFolderInWorkspace(context.workspace, input.directory ?? '.');
  const secrets = prepareSecrets(context.secretValues, input.environment ?? {});
  context.log('sluice', `$ ${input.run.map(quote).join(' ')}`);
  const keep = { stdout: input.outputLimit ?? COMMAND_OUTPUT_LIMIT.default, stderr: STDERR_LIMIT };
  const whole = await host.run(
    {
      argv: input.run,
      directory,
      environment: { ...describeStep(context), ...input.environment, ...secrets.variables },
      secretFiles: secrets.files,
      untrusted: true,
      keep: { stdout: keep.stdout + secrets.longest, stderr: keep.stderr + secrets.longest },
      log: (stream, line) => context.log(stream, line),
      masking: { longest: secrets.longest, hide: (text) => context.hide(text) },
      ...(input.stdin === undefined ? {} : { stdin: input.stdin }),
    },
    context,
  );
  const result = cutMasked(whole, keep, context);
  const exitCode = requireSuccess(result, input);
  const { stdout, stderr, truncated, durationMs } = result;
  const output = { exitCode, stdout, stderr, truncated, durationMs };
  return input.parse === 'json' ? { ...output, result: parseJson(result) } : output;
}

/** What a program can tell other services, so that they take its attempts for one. */
function describeStep({ run, step, attempt, idempotencyKey }: ActionContext): Record<string, string> {
  return {
    SLUICE_RUN_ID: run,
    SLUICE_STEP: step,
    SLUICE_ATTEMPT: String(attempt),
    SLUICE_IDEMPOTENCY_KEY: idempotencyKey,
  };
}

/** Of what was kept beyond the limits, the end, cut after secrets are masked: half of one would be recognised nowhere. */
function cutMasked(
  result: HostResult,
  keep: { readonly stdout: number; readonly stderr: number },
  context: ActionContext,
): HostResult {
  const tails = (['stdout', 'stderr'] as const).map((stream) => {
    const tail = new OutputTail(keep[stream]);
    tail.push(Buffer.from(context.hide(result[stream])));
    return tail.read();
  });
  const [stdout, stderr] = tails;
  return {
    ...result,
    stdout: stdout?.text ?? '',
    stderr: stderr?.text ?? '',
    truncated: result.truncated || tails.some(({ truncated }) => truncated),
  };
}

function requireSuccess(result: HostResult, input: CommandRunInput): number {
  const { exitCode } = result;
  const success = input.successCodes ?? [0];
  if (exitCode !== null && success.includes(exitCode)) return exitCode;
  const signal = result.signal ?? (result.sandboxed && exitCode !== null ? findSignal(exitCode) : undefined);
  if (exitCode === null || signal !== undefined)
    throw createKilled(input.run[0], signal ?? 'SIGKILL', result);
  throw createFailed(input.run[0], exitCode, result);
}

/** A sandbox reports a signal as shells do. */
function findSignal(exitCode: number): string | undefined {
  return Object.entries(constants.signals).find(([, number]) => exitCode === 128 + number)?.[0];
}

function parseJson(result: HostResult): Json {
  try {
    return JSON.parse(result.stdout) as Json;
  } catch (cause) {
    throw createActionFailure({
      code: 'command-output-invalid',
      fault: 'user',
      class: 'code',
      retryable: false,
      message: result.truncated
        ? 'The command printed more than `outputLimit` bytes, so its JSON lacks the beginning.'
        : 'The command did not print JSON alone to stdout.',
      hint: result.truncated ? 'Raise `outputLimit`, or print less.' : 'Print messages to stderr.',
      cause,
    });
  }
}

/** Exit codes that shells give a meaning (POSIX 2.8.2); all others are the program's own. */
const EXIT_CLASSES: Readonly<Record<number, FailureClass>> = {
  126: 'configuration',
  127: 'configuration',
  137: 'resource',
};

function createFailed(name: string, exitCode: number, result: HostResult): SluiceError {
  const last = findLastLines(result.stderr) || findLastLines(result.stdout);
  return createActionFailure({
    code: 'command-failed',
    fault: 'user',
    class: EXIT_CLASSES[exitCode] ?? 'unknown',
    retryable: true,
    message: `${name} ended with exit code ${exitCode}${last ? `: ${last}` : '.'}`,
    hint: "Read the step's log; codes that mean success belong into `successCodes`.",
    facts: { exitCode },
  });
}

const SIGNAL_CLASSES: Readonly<Record<string, FailureClass>> = {
  SIGKILL: 'resource',
  SIGXCPU: 'resource',
  SIGSEGV: 'code',
  SIGABRT: 'code',
  SIGBUS: 'code',
  SIGFPE: 'code',
  SIGILL: 'code',
};

function createKilled(name: string, signal: string, result: HostResult): SluiceError {
  const last = findLastLines(result.stderr);
  return createActionFailure({
    code: 'command-killed',
    fault: 'operational',
    class: SIGNAL_CLASSES[signal] ?? 'infrastructure',
    retryable: true,
    message: `${name} was killed by ${signal}${last ? `: ${last}` : '.'}`,
    hint:
      signal === 'SIGKILL'
        ? 'Somebody outside killed it: often the system, because memory ran out.'
        : "Read the step's log.",
    facts: { signal },
  });
}

function findLastLines(text: string): string {
  const lines = text.split('\n').map((line) => toLogLine(line).trim());
  return lines
    .filter((line) => line !== '')
    .slice(-5)
    .join('\n')
    .slice(-1000)
    .replace(/^[\udc00-\udfff]/, '');
}

/** As a shell would need it, for people to read. */
function quote(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument)
    ? argument
    : `'${argument.replaceAll("'", `'\\''`).replaceAll('\n', '\\n')}'`;
}
