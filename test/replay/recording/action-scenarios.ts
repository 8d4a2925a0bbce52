import type { Json } from '#domain/json.js';
import { ACTS, planOfSteps, type Steps, type Written } from './definitions.js';
import type { Scenario } from './scenario.js';
import { WORKSPACES } from './stage.js';

const { queued, inline, workspace, filling, pooled, unattended } = ACTS;

const EXECUTION = '0199a3c4-0000-7000-8000-000000000001';
const GATE: Json = {
  gate: 1,
  name: 'release',
  criteria: [{ name: 'coverage', metric: 'coverage', atLeast: 80 }],
};
const uses = (action: string, input: Record<string, Json>, more: Written = {}): Written => ({
  uses: action,
  with: input,
  ...more,
});

/** Every action of the catalogue, by its own options. */
const CATALOGUE: Steps = {
  checkout: uses('git/checkout', { repository: 'https://git.example/shop.git' }),
  run: uses('command/run', { run: ['make'] }, { secrets: { TOKEN: 'env:TOKEN' }, timeout: '5m' }),
  junit: uses('report/junit', { files: 'reports/*.xml' }),
  metrics: uses('report/metrics', { files: { lcov: 'coverage/lcov.info' } }),
  assess: uses('risk/assess', {}),
  gate: uses('gate/evaluate', { gate: GATE, metrics: { coverage: 91 } }),
  ask: uses('http/request', { url: 'http://service.example/' }, { priority: 1 }),
  call: uses('openapi/call', { document: 'http://service.example/openapi.json', operation: 'list' }),
  trigger: uses('pipeline/trigger', { integration: 'ci', project: 'shop/app' }),
  waited: uses('pipeline/wait', { execution: EXECUTION }, { timeout: '2h' }),
  pipeline: uses('pipeline/run', { integration: 'ci', project: 'shop/app' }, { retry: { attempts: 2 } }),
  artifacts: uses('pipeline/artifacts', { execution: EXECUTION }),
  stop: uses('pipeline/cancel', { execution: EXECUTION }),
  agent: unattended(),
  log: inline(),
};

const gone = ['workspace-gone', WORKSPACES[1]!];

/** What the interpreter does about actions alone: attempts, losses, places, inputs. */
export function actionScenarios(): Scenario[] {
  return [
    ...Object.entries(CATALOGUE).map(([id, step]) =>
      one(`action-${step['uses']}`.replace('/', '-'), { [id]: step }),
    ),
    one('actions-all', CATALOGUE),
    ...['flaky', 'later', 'odd', 'lost', 'answered', 'large', 'nothing'].flatMap((id) =>
      Object.entries({ queued, inline, workspace, pooled, unattended }).map(([sort, act]) =>
        one(`${sort}-that-is-${id}`, {
          [id]: act({ retry: { attempts: 3, delay: '20ms', factor: 1 } }),
          last: inline(),
        }),
      ),
    ),
    one('silent-worker', { silent: queued() }),
    one(
      'silent-worker-of-workspace',
      { fill: filling(), silent: workspace(), last: workspace() },
      { workspaces: WORKSPACES },
    ),
    one('workspace-lost-before', { first: filling(), second: workspace() }, { workspaces: gone }),
    one(
      'workspace-made-anew',
      {
        ...{ checkout: CATALOGUE['checkout']!, fill: filling(), lost: workspace(), last: workspace() },
      },
      { workspaces: WORKSPACES },
    ),
    one('workspace-that-still-lives', {
      fill: filling(),
      lost: workspace(),
      other: workspace({ needs: ['fill'] }),
    }),
    one('workspaces-of-pools', { here: filling(), there: pooled(), both: workspace(), again: pooled() }),
    one(
      'workspace-lost-by-two',
      {
        fill: filling(),
        'lost-a': workspace({ needs: ['fill'] }),
        'lost-b': workspace({ needs: ['fill'] }),
      },
      { workspaces: WORKSPACES },
    ),
    one(
      'workspace-lost-by-each',
      {
        work: workspace(),
        'lost-a': workspace({ needs: ['work'] }),
        'lost-b': workspace({ needs: ['work'] }),
        'lost-c': workspace({ needs: ['work'] }),
        last: workspace({ needs: ['lost-a', 'lost-b', 'lost-c'] }),
      },
      { workspaces: WORKSPACES },
    ),
    one('attempts-time-out', { stuck: inline({ timeout: '200ms' }) }),
    one('long-pause-between-inline-attempts', {
      flaky: inline({ retry: { attempts: 3, delay: '1100ms', factor: 1 } }),
    }),
    one('output-schema', { work: workspace({ output: { type: 'object', required: ['exitCode'] } }) }),
    one(
      'origin',
      { work: queued(), child: { workflow: { name: 'work', version: 1 } } },
      {
        input: {
          origin: { correlationId: 'c-1', traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` } as never,
        },
        children: { work: planOfSteps({ work: queued() }) },
      },
    ),
    one('names-and-priorities', {
      work: queued({ name: 'A name', priority: 5 }),
      log: inline({ name: 'Another' }),
      locked: queued({
        locks: ['one', 'busy'],
        resources: { pool: 'machines', cpu: 0.5, memory: '1GiB', slots: 1 },
      }),
    }),
    one('claims-that-cannot-be', {
      work: queued({ locks: ['never'], onFailure: 'continue' }),
      last: inline(),
    }),
    one(
      'claims-while-canceled',
      { work: queued({ locks: ['taken'] }), held: queued({ needs: [] }) },
      {
        people: async (run) => {
          await run.waits('work');
          await run.cancel();
        },
      },
    ),
    one(
      'claims-skipped',
      { work: queued({ locks: ['taken'] }), last: inline() },
      {
        people: async (run) => {
          await run.waits('work');
          await run.operate({ type: 'skip-step', step: 'work' });
        },
      },
    ),
    one(
      'claims-timed-out',
      {
        it: {
          parallel: { branches: { a: { steps: { work: queued() } } } },
          locks: ['taken'],
          timeout: '200ms',
        },
      },
      {
        people: (run) => run.elapse(600),
      },
    ),
    one('chain-of-inline', chain(24, inline)),
    one('chain-beyond-a-task', chain(230, inline)),
    one(
      'side-by-side',
      Object.fromEntries(range(12).map((n) => [`work-${n}`, (n % 2 ? queued : inline)({ needs: [] })])),
    ),
    one('many-inline-at-once', {
      each: {
        forEach: { in: range(45), as: 'n' },
        steps: { work: inline(), told: { set: { n: '${{ n }}' } } },
      },
    }),
    one('breath', {
      each: {
        forEach: { in: range(600), as: 'n', limit: 600 },
        steps: { a: { set: { n: '${{ n }}' } }, b: { set: { n: '${{ steps.a.output.n + 1 }}' } } },
      },
    }),
    one(
      'backlog-canceled',
      { each: { forEach: { in: range(30), as: 'n' }, steps: { stuck: inline() } } },
      {
        people: async (run) => {
          await run.elapse(300);
          await run.cancel();
        },
      },
    ),
  ];
}

function one(name: string, steps: Steps, more: Partial<Scenario> = {}): Scenario {
  return { name, plan: planOfSteps(steps), ...more };
}

function chain(length: number, act: (common?: Written) => Written): Steps {
  return Object.fromEntries(range(length).map((n) => [`work-${n}`, act()]));
}

const range = (length: number) => Array.from({ length }, (_, n) => n);
