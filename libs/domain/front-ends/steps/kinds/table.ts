import { normalizeKey } from '../keys.js';
import { holdsSteps, readCondition, readParallel, readSequence } from './branching.js';
import { readCommand, saysCommand } from './command.js';
import { readHttp, readWebhook, saysHttp } from './http.js';
import type { KindInput, ReadKind } from './kind.js';
import { readLoop } from './loop.js';
import {
  readAction,
  readCheckout,
  readLog,
  readNothing,
  readRaise,
  readSet,
  readWorkflowCall,
} from './values.js';
import { readApproval, readEmit, readWait } from './waiting.js';

export interface StepType {
  readonly kind: StepTypeKind;
  /** Spellings of `type`, without case, dashes and underscores. */
  readonly names: readonly string[];
  /** What it becomes, for people. */
  readonly becomes: string;
  readonly read: ReadKind;
}

/** Every type of step that is taken over; docs/import.md holds the same. */
export type StepTypeKind =
  | 'command'
  | 'http'
  | 'webhook'
  | 'condition'
  | 'parallel'
  | 'sequence'
  | 'wait'
  | 'approval'
  | 'loop'
  | 'workflow'
  | 'set'
  | 'log'
  | 'fail'
  | 'emit'
  | 'git'
  | 'noop'
  | 'action';

export const STEP_TYPES: readonly StepType[] = [
  {
    kind: 'command',
    names: [
      'command',
      'shell',
      'script',
      'exec',
      'bash',
      'run',
      'cmd',
      'execute',
      'sh',
      'cli',
      'process',
      'shellcommand',
      'build',
      'test',
      'deploy',
      'lint',
    ],
    becomes: '`uses: command/run`',
    read: readCommand,
  },
  {
    kind: 'http',
    names: ['http', 'httprequest', 'request', 'rest', 'api', 'apicall', 'httpcall', 'fetch', 'healthcheck'],
    becomes: '`uses: http/request`',
    read: readHttp,
  },
  {
    kind: 'webhook',
    names: ['webhook', 'notification', 'notify', 'callback', 'slack', 'hook', 'alert'],
    becomes: '`uses: http/request`, POST',
    read: readWebhook,
  },
  {
    kind: 'condition',
    names: ['condition', 'conditional', 'if', 'decision', 'branch', 'switch', 'choice', 'gateway', 'case'],
    becomes: '`switch`, or `set` with the edges that follow',
    read: readCondition,
  },
  {
    kind: 'parallel',
    names: ['parallel', 'fork', 'concurrent', 'parallelgroup', 'all'],
    becomes: '`parallel`',
    read: readParallel,
  },
  {
    kind: 'sequence',
    names: ['sequence', 'sequential', 'serial', 'group', 'block', 'steps', 'stage'],
    becomes: '`parallel` with one branch',
    read: readSequence,
  },
  {
    kind: 'wait',
    names: ['wait', 'delay', 'sleep', 'pause', 'timer', 'waitforevent', 'waitevent', 'event', 'signal'],
    becomes: '`wait` or `waitFor`',
    read: readWait,
  },
  {
    kind: 'approval',
    names: [
      'approval',
      'manual',
      'manualapproval',
      'human',
      'humantask',
      'review',
      'gate',
      'usertask',
      'confirm',
    ],
    becomes: '`approval`',
    read: readApproval,
  },
  {
    kind: 'loop',
    names: [
      'loop',
      'foreach',
      'map',
      'iterate',
      'iterator',
      'while',
      'until',
      'repeat',
      'for',
      'each',
      'dowhile',
    ],
    becomes: '`forEach` or `loop`',
    read: readLoop,
  },
  {
    kind: 'workflow',
    names: ['workflow', 'subworkflow', 'subflow', 'childworkflow', 'call', 'invoke', 'runworkflow', 'nested'],
    becomes: '`workflow`',
    read: readWorkflowCall,
  },
  {
    kind: 'set',
    names: [
      'set',
      'setvariable',
      'setvariables',
      'variable',
      'variables',
      'assign',
      'transform',
      'compute',
      'setvar',
    ],
    becomes: '`set`',
    read: readSet,
  },
  {
    kind: 'log',
    names: ['log', 'print', 'echo', 'message', 'debug', 'output', 'info'],
    becomes: '`uses: log/write`',
    read: readLog,
  },
  {
    kind: 'fail',
    names: ['fail', 'error', 'raise', 'throw', 'abort', 'terminate'],
    becomes: '`raise`',
    read: readRaise,
  },
  {
    kind: 'emit',
    names: ['emit', 'publish', 'sendevent', 'publishevent', 'trigger', 'emitevent', 'sendsignal'],
    becomes: '`emit`',
    read: readEmit,
  },
  {
    kind: 'git',
    names: ['git', 'checkout', 'gitcheckout', 'gitclone', 'clone'],
    becomes: '`uses: git/checkout`',
    read: readCheckout,
  },
  {
    kind: 'noop',
    names: [
      'noop',
      'start',
      'end',
      'pass',
      'dummy',
      'nop',
      'none',
      'empty',
      'milestone',
      'succeed',
      'success',
      'join',
    ],
    becomes: '`set: { done: true }`',
    read: readNothing,
  },
];

/** An action of our own catalogue. */
const ACTION: StepType = { kind: 'action', names: [], becomes: '`uses`', read: readAction };

const BY_NAME: ReadonlyMap<string, StepType> = new Map(
  STEP_TYPES.flatMap((type) => type.names.map((name) => [name, type] as const)),
);

export const TYPE_NAMES: readonly string[] = [...BY_NAME.keys()];

/** By the type that is named; words such as `task` say nothing, and the keys tell. */
export function findType(
  type: string | undefined,
  input: Pick<KindInput, 'keys' | 'document'>,
): StepType | undefined {
  if (type !== undefined && input.document.conversion.actions.has(type)) return ACTION;
  const key = type === undefined ? '' : normalizeKey(type);
  const named = BY_NAME.get(key);
  if (named !== undefined && !(named.kind === 'command' && !saysCommand(input) && saysHttp(input)))
    return named;
  if (
    type !== undefined &&
    !/^(task|step|action|job|custom|default|generic|service|servicetask|automated|activity|operation|plugin)$/.test(
      key,
    )
  )
    return undefined;
  return guessType(input);
}

function guessType({ keys }: Pick<KindInput, 'keys'>): StepType | undefined {
  if (keys.has('uses')) return ACTION;
  if (saysCommand({ keys })) return BY_NAME.get('command');
  if (saysHttp({ keys })) return BY_NAME.get('http');
  if (keys.has('parallel', 'branches') && holdsSteps(keys.peek('parallel', 'branches')))
    return BY_NAME.get('parallel');
  if (keys.has('approvers', 'approver')) return BY_NAME.get('approval');
  if (keys.has('workflow', 'workflowid', 'workflowname')) return BY_NAME.get('workflow');
  if (keys.has('wait', 'duration', 'sleep', 'event', 'delay')) return BY_NAME.get('wait');
  if (keys.has('cases', 'choices', 'then', 'else', 'ontrue', 'onfalse', 'switch'))
    return BY_NAME.get('condition');
  if (keys.has('set', 'variables')) return BY_NAME.get('set');
  if (keys.has('steps', 'tasks')) return BY_NAME.get('sequence');
  if (keys.has('message', 'log', 'echo', 'print')) return BY_NAME.get('log');
  if (keys.has('repository', 'repo')) return BY_NAME.get('git');
  return undefined;
}
