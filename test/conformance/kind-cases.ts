import type { StepView } from '#contracts/rest/runs.js';
import type { TestPlatform } from '../platform.js';

/** One kind of step in a definition of its own, with work in it or beside it that can be cut. */
export interface KindCase {
  /** As in the table of docs/concepts.md. */
  readonly kind: string;
  /** The step `it`, and what stands beside it. */
  readonly steps: string;
  /** Whether the run is in the midst of it. */
  readonly midst: (steps: readonly StepView[]) => boolean;
  /** What people do once it is. */
  readonly people?: (platform: TestPlatform, run: string) => Promise<void>;
}

const SLOW = 'uses: command/run, with: { run: [sh, -c, "sleep 4; echo done"], outputLimit: 100 }';

const BESIDE = `slow: { needs: [], ${SLOW} }`;

const inSlow = (steps: readonly StepView[]): boolean =>
  steps.some(({ id, attempts }) => id === 'slow' && attempts.some(({ status }) => status === 'running'));

const waits = (steps: readonly StepView[]): boolean =>
  steps.some(({ key, status }) => key === 'it' && (status === 'waiting' || status === 'running'));

const post =
  (path: string, body: object) =>
  async (platform: TestPlatform, run: string): Promise<void> => {
    const answer = await platform.request('POST', `/runs/${run}${path}`, body, { 'x-sluice-actor': 'bob' });
    if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
  };

export const KIND_CASES: readonly KindCase[] = [
  {
    kind: 'uses',
    steps: `it: { needs: [], ${SLOW.replace('echo done', 'echo it')}, output: { required: [exitCode] } }`,
    midst: (steps) => steps.some(({ key, attempts }) => key === 'it' && attempts.length > 0),
  },
  { kind: 'set', steps: `it: { set: { stdout: [1, 2] } }\n${BESIDE}`, midst: inSlow },
  { kind: 'wait', steps: 'it: { wait: 4s }', midst: waits },
  {
    kind: 'raise',
    steps: `it: { raise: { error: test, message: On purpose. }, onFailure: continue }\n${BESIDE}`,
    midst: inSlow,
  },
  { kind: 'switch', steps: `it: { switch: [{ steps: { slow: { ${SLOW} } } }] }`, midst: inSlow },
  {
    kind: 'parallel',
    steps: `it:
  parallel:
    branches:
      one: { steps: { slow: { ${SLOW} } } }
      two: { steps: { quick: { set: { a: 1 } } } }`,
    midst: inSlow,
  },
  {
    kind: 'forEach',
    steps: `it:
  forEach: { matrix: { a: [1, 2], b: [x, y] }, exclude: [{ a: 1, b: x }], as: cell, limit: 2 }
  steps: { slow: { ${SLOW} }, told: { set: { cell: "\${{ cell }}" } } }`,
    midst: inSlow,
  },
  {
    kind: 'loop',
    steps: `it:
  loop: { until: turn.index == 1 }
  steps: { slow: { ${SLOW} }, told: { set: { n: "\${{ turn.index }}" } } }`,
    midst: inSlow,
  },
  {
    kind: 'try',
    steps: `it:
  try:
    steps: { bad: { raise: { error: test, message: On purpose. } } }
    catch: [{ errors: [test], steps: { slow: { ${SLOW} } } }]
    finally: { steps: { tidy: { set: { done: true } } } }`,
    midst: inSlow,
  },
  {
    kind: 'approval',
    steps: 'it: { approval: { by: [approver] } }',
    midst: waits,
    people: post('/steps/it/approve', { reason: 'Green.' }),
  },
  {
    kind: 'waitFor',
    steps: 'it: { waitFor: { event: go, if: event.data.n > 1 } }',
    midst: waits,
    people: async (platform, run) => {
      await post('/events', { name: 'go', data: { n: 1 } })(platform, run);
      await post('/events', { name: 'go', data: { n: 2 } })(platform, run);
    },
  },
  {
    kind: 'emit',
    steps: `heard: { needs: [], waitFor: { event: mine }, timeout: 1m }
it: { needs: [], emit: { event: mine, data: { n: 1 } } }
${BESIDE}`,
    midst: inSlow,
  },
  {
    kind: 'workflow',
    steps: 'it: { workflow: { name: kind-child, inputs: { n: 3 } } }',
    midst: waits,
  },
];

export const CHILD = `sluice: 1
name: kind-child
inputs: { n: { type: integer } }
stages:
  main:
    steps:
      slow: { ${SLOW} }
output: { stdout: "\${{ inputs.n }}" }
`;

export function definitionOf({ kind, steps }: Pick<KindCase, 'kind' | 'steps'>): string {
  const indented = steps
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');
  return `sluice: 1
name: kind-${kind.toLowerCase()}
stages:
  first:
    steps:
      before: { set: { n: 1 } }
  main:
    steps:
${indented}
  last:
    needs: [first, main]
    steps:
      after: { set: { status: "\${{ steps.it.status }}" } }
output: "\${{ steps.it.output }}"
`;
}
