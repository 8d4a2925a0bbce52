import { describe, expect, it } from '@jest/globals';
import type { Evidence, ProjectedRun } from '../evidence.js';
import type { EffectEntry } from '../ledger/entries.js';
import { describeViolation, findViolations } from './checks.js';

const CANARY = 'ledgerCanary5a17c0de93';

const STEPS = {
  first: { status: 'succeeded', attempts: 1 },
  'each[0]': { status: 'succeeded', attempts: 2 },
  last: { status: 'succeeded', attempts: 1 },
  never: { status: 'skipped' },
};
const ATTEMPTS = { first: 1, 'each[0]': 2, last: 1 };
const COMPLETIONS = { first: 1, 'each[0]': 1, last: 1 };

const TOLD = { status: 'succeeded', output: { n: 1 }, steps: STEPS };

/** Begins and ends in this order; `first+` is a beginning, `first-` the end of the effect that began last. */
function effectsOf(run: string, ...marks: readonly string[]): EffectEntry[] {
  return marks.map((mark, index) => {
    const step = mark.slice(0, -1);
    const kind = mark.endsWith('+') ? 'begin' : 'end';
    const at = `2026-01-01T00:00:0${index}Z`;
    return { sequence: index + 1, effect: index, kind, run, step, key: `${run}/${step}`, at };
  });
}

const WHOLE = ['first+', 'first-', 'each[0]+', 'each[0]+', 'each[0]-', 'last+', 'last-'] as const;

function projected(id: string, more: Partial<ProjectedRun> = {}): ProjectedRun {
  return { id, ...TOLD, trigger: 'api', endedAt: 1_500, attempts: ATTEMPTS, ...more };
}

const SOUND: Evidence = {
  ledger: { acceptances: [{ key: 'k', run: 'r' }], effects: effectsOf('r', ...WHOLE) },
  order: [
    ['first', 'each'],
    ['each', 'last'],
  ],
  lateRepeats: false,
  telling: ['first', 'each', 'last', 'never'],
  expected: 'succeeded',
  runs: [projected('r')],
  executions: [{ id: 'r', ...TOLD, completions: COMPLETIONS, wokenAt: 1_000, closedAt: 2_000 }],
  audit: { started: ['r'], unsealed: 0 },
  leftovers: [],
  canaries: { canary: CANARY },
  texts: new Map([['tables', 'a token: ***']]),
};

const withEffects = (...marks: readonly string[]): Partial<Evidence> => ({
  ledger: { ...SOUND.ledger, effects: effectsOf('r', ...marks) },
});
const withRun = (more: Partial<ProjectedRun>): Partial<Evidence> => ({ runs: [projected('r', more)] });
const accepting = (...pairs: readonly (readonly [string, string])[]): Partial<Evidence> => ({
  ledger: { ...SOUND.ledger, acceptances: pairs.map(([key, run]) => ({ key, run })) },
});
const keyed = (at: number, key: string): Partial<Evidence> => ({
  ledger: { ...SOUND.ledger, effects: SOUND.ledger.effects.with(at, { ...SOUND.ledger.effects[at]!, key }) },
});
const keeping = (place: string, text: string): Partial<Evidence> => ({
  texts: new Map([...SOUND.texts, [place, text]]),
});
const two = (of: keyof typeof SOUND & ('executions' | 'runs')) => [
  ...SOUND[of],
  { ...SOUND[of][0]!, id: 's' },
];

/** What is planted, and what is said of it. */
const PLANTED: readonly (readonly [name: string, planted: Partial<Evidence>, ...said: readonly string[]])[] =
  [
    [
      'a run that was accepted is lost',
      { ...accepting(['k', 'r'], ['l', 'gone']) },
      'accepted: run gone: expected a run that was answered with 202, found none of this id',
    ],
    [
      'one key became two runs',
      {
        ...accepting(['k', 'r'], ['k', 's']),
        runs: two('runs') as never,
        executions: two('executions') as never,
        audit: { started: ['r', 's'], unsealed: 0 },
        telling: [],
      },
      'accepted: run r: expected one run for the key k, found also s',
    ],
    [
      'two keys became one run',
      accepting(['k', 'r'], ['l', 'r']),
      'accepted: run r: expected a run for each key, found the same run for k, l',
    ],
    [
      'a run that nobody was told of',
      {
        runs: two('runs') as never,
        executions: two('executions') as never,
        audit: { started: ['r', 's'], unsealed: 0 },
        telling: [],
      },
      'accepted: run s: expected only runs that were accepted, found one that nobody was told of',
    ],
    [
      'a run that has not ended',
      {
        ...withRun({ status: 'running', endedAt: null }),
        executions: [{ ...SOUND.executions[0]!, status: 'running' }],
      },
      'accepted: run r: expected a run that ends succeeded, found running',
      'projection: run r: expected an end from 1970-01-01T00:00:01.000Z to 1970-01-01T00:00:02.000Z, found no end',
    ],
    [
      'a run without an execution',
      { executions: [] },
      'executed once: run r: expected one execution in Temporal, found none',
    ],
    [
      'a run that was executed twice',
      { executions: [...SOUND.executions, ...SOUND.executions] },
      'executed once: run r: expected one execution in Temporal, found 2',
    ],
    [
      'an execution of no run',
      { executions: two('executions') as never },
      'executed once: run s: expected a run of this execution, found none',
    ],
    [
      'an effect of no run',
      {
        ledger: {
          ...SOUND.ledger,
          effects: [...SOUND.ledger.effects, ...effectsOf('s', 'first+', 'first-')],
        },
        order: [],
      },
      'effects: run s step first: expected effects of runs that there are, found one of an unknown run',
    ],
    [
      'a step that succeeded and did nothing',
      withEffects(...WHOLE.slice(0, -1)),
      'effects: run r step last: expected an effect of a step that succeeded, found none',
    ],
    [
      'a step that was done oftener than it was attempted',
      withEffects('first+', 'first-', 'first+', 'first-', ...WHOLE.slice(2)),
      'effects: run r step first: expected at most one effect for each of 1 attempts, found 2',
    ],
    [
      'a skipped step that did something',
      withEffects(...WHOLE, 'never+', 'never-'),
      'effects: run r step never: expected no effect of a step that is skipped, found 1',
    ],
    [
      'a step that is not in the run',
      withEffects(...WHOLE, 'strange+', 'strange-'),
      'effects: run r step strange: expected no effect of a step that is not run, found 1',
    ],
    [
      'an action that was done again after it was done',
      { executions: [{ ...SOUND.executions[0]!, completions: { ...COMPLETIONS, 'each[0]': 2 } }] },
      'executed once: run r step each[0]: expected done once, found 2 times',
    ],
    [
      'attempts under different keys',
      keyed(3, 'other'),
      'effects: run r step each[0]: expected one idempotency key, found r/each[0], other',
    ],
    [
      'a key of another step',
      { ...keyed(6, 'r/first'), telling: [] },
      'effects: run r step last: expected one idempotency key, found r/last, r/first',
      'effects: run r step first: expected the key r/first for r/first alone, found r/last',
    ],
    [
      'a step that did not wait for another',
      withEffects('first+', 'each[0]+', 'first-', 'each[0]-', 'last+', 'last-'),
      'order: run r step each[0]: expected first done before each[0] begins, found 2026-01-01T00:00:02Z',
    ],
    [
      'a step without the one before it',
      withEffects(...WHOLE.slice(2)),
      'effects: run r step first: expected an effect of a step that succeeded, found none',
      'order: run r step each[0]: expected first before each[0], found no first',
    ],
    [
      'a step that began again though others had gone on',
      withEffects(...WHOLE.slice(0, 3), 'each[0]-', 'last+', 'each[0]+', 'last-'),
      'order: run r step last: expected no more of each[0] once last has begun, found again at 2026-01-01T00:00:05Z',
    ],
    [
      'a projection with another output',
      withRun({ output: { n: 2 } }),
      'projection: run r: expected output {"n":1}, found {"n":2}',
    ],
    [
      'a projection with another status',
      { executions: [{ ...SOUND.executions[0]!, status: 'failed' }] },
      'projection: run r: expected status "failed", found "succeeded"',
    ],
    [
      'a projection that lacks a step',
      { executions: [{ ...SOUND.executions[0]!, steps: { ...STEPS, more: { status: 'failed' } } }] },
      'projection: run r step more: expected {"status":"failed"}, found no such step',
    ],
    [
      'a projection with other attempts',
      withRun({ steps: { ...STEPS, first: { status: 'succeeded', attempts: 2 } } }),
      'projection: run r step first: expected {"status":"succeeded","attempts":1}, found {"status":"succeeded","attempts":2}',
    ],
    [
      'a projection with another end',
      withRun({ endedAt: 2_002 }),
      'projection: run r: expected an end from 1970-01-01T00:00:01.000Z to 1970-01-01T00:00:02.000Z, found 1970-01-01T00:00:02.002Z',
    ],
    [
      'a broken chain',
      { audit: { started: ['r'], unsealed: 0, fault: 'entry 3 was altered' } },
      'audit log: expected a whole chain, found entry 3 was altered',
    ],
    [
      'entries outside of the chain',
      { audit: { started: ['r'], unsealed: 2 } },
      'audit log: expected a place in the chain for each entry, found 2 without',
    ],
    [
      'a start that was not noted',
      { audit: { started: [], unsealed: 0 } },
      'audit log: run r: expected one entry of its start, found none',
    ],
    [
      'a start that was noted twice',
      { audit: { started: ['r', 'r'], unsealed: 0 } },
      'audit log: run r: expected one entry of its start, found 2',
    ],
    [
      'a noted start of no run',
      { audit: { started: ['r', 's'], unsealed: 0 } },
      'audit log: run s: expected starts of runs that there are, found no such run',
    ],
    [
      'a lock that was not given back',
      { leftovers: [{ what: 'a claim of the step first', run: 'r' }] },
      'leftovers: run r: expected nothing left of a run that is over, found a claim of the step first',
    ],
    [
      'a secret in a log',
      keeping('the log of the worker', `token ${CANARY}`),
      'canaries: expected canary nowhere, found it is in the log of the worker',
    ],
    [
      'a secret in base64',
      keeping('histories', Buffer.from(`user:${CANARY}`).toString('base64')),
      'canaries: expected canary nowhere, found it is in histories',
    ],
    [
      'a search in texts that hid nothing',
      { texts: new Map([['tables', 'nothing']]) },
      'canaries: expected *** where the secrets were, found none: nothing was hidden',
    ],
  ];

describe('the auditor', () => {
  it('finds nothing where all is as it should be', () => {
    expect(findViolations(SOUND)).toEqual([]);
  });

  it('lets who stood still begin again what others had done, where that is allowed', () => {
    const late = withEffects(...WHOLE.slice(0, 3), 'each[0]-', 'last+', 'each[0]+', 'last-');
    expect(findViolations({ ...SOUND, ...late, lateRepeats: true })).toEqual([]);
    const early = withEffects('first+', 'each[0]+', 'first-', 'each[0]-', 'last+', 'last-');
    expect(findViolations({ ...SOUND, ...early, lateRepeats: true })).toHaveLength(1);
  });

  it.each(PLANTED)('says of %s what is wrong, and where', (_name, planted, ...said) => {
    expect(findViolations({ ...SOUND, ...planted }).map(describeViolation)).toEqual(said);
  });
});
