import { describe, expect, it } from '@jest/globals';
import type { Json } from '../json.js';
import { MAX_INBOX } from './inbox.js';
import type { Operation, OperationRequest } from './operation.js';
import { refuseOperation } from './operations/table.js';
import { planFrom } from './testing/plan-from.js';
import { simulateRun, type World } from './testing/simulate-run.js';

const BROKEN = { error: { class: 'code', code: 'broken', message: 'It broke.' } } as const;
const LARGE = 'x'.repeat(300 * 1024);

const ask = (request: OperationRequest) =>
  ({ by: 'bob', roles: ['admin'], reason: 'Because.', ...request }) as Operation;

const asked = (request: OperationRequest) => ({ type: 'operation', operation: ask(request) }) as const;

/** What is said to the operation once nothing is under way, after the earlier ones. */
function refusal(
  plan: ReturnType<typeof planFrom>,
  request: OperationRequest,
  ...earlier: OperationRequest[]
) {
  const world: World = {
    act: () => BROKEN,
    idle: () => (earlier.length === 0 ? undefined : asked(earlier.shift()!)),
  };
  const { state } = simulateRun(plan, {}, world);
  return refuseOperation(plan, state, ask(request));
}

const waiting = planFrom('risky: { DO, onFailure: intervene }');
const block = planFrom(`block:
  onFailure: intervene
  parallel: { branches: { one: { steps: { a: { DO } } } } }`);

const checkpoint = (name: string): OperationRequest => ({ type: 'checkpoint', name });
const event = (name: string, data: Json): OperationRequest => ({ type: 'send-event', name, data });
const times = (count: number, request: (at: number) => OperationRequest) =>
  Array.from({ length: count }, (_, at) => request(at));

describe('an operation is refused where', () => {
  it.each<[string, ReturnType<typeof planFrom>, OperationRequest, OperationRequest[], string]>([
    [
      'a step that holds others is to be retried with an input',
      block,
      { type: 'retry-step', step: 'block', with: { n: 1 } },
      [],
      'A parallel step has no input to edit.',
    ],
    [
      'an input is too large',
      waiting,
      { type: 'retry-step', step: 'risky', with: { LARGE } },
      [],
      'The input is larger than 256 KiB of JSON.',
    ],
    [
      'an output is too large',
      waiting,
      { type: 'complete-step', step: 'risky', output: LARGE },
      [],
      'The output is larger than 256 KiB of JSON.',
    ],
    [
      'a checkpoint is there already',
      waiting,
      checkpoint('one'),
      [checkpoint('one')],
      'There is a checkpoint one already.',
    ],
    [
      'there are 100 checkpoints',
      waiting,
      checkpoint('more'),
      times(100, (at) => checkpoint(`c${at}`)),
      'The run has 100 checkpoints, and takes no more.',
    ],
    [
      'an event is too large',
      waiting,
      event('e', LARGE),
      [],
      'The data of the event is larger than 256 KiB of JSON.',
    ],
    [
      'nothing has waited for 100 events',
      waiting,
      event('e', 1),
      times(MAX_INBOX, (at) => event('e', at)),
      'The run keeps 100 events that none of its steps has waited for.',
    ],
  ])('%s', (_, plan, request, earlier, message) => {
    expect(refusal(plan, request, ...earlier)).toMatchObject({ message });
  });

  it.each<[string, OperationRequest, OperationRequest[]]>([
    ['another checkpoint', checkpoint('two'), [checkpoint('one')]],
    ['an event that fits', event('e', 1), times(MAX_INBOX - 1, (at) => event('e', at))],
    ['an input that fits', { type: 'retry-step', step: 'risky', with: { n: 1 } }, []],
  ])('but not %s', (_, request, earlier) => {
    expect(refusal(waiting, request, ...earlier)).toBeUndefined();
  });
});

describe('a step fails where', () => {
  it.each<[string, string, string]>([
    ['the name of its event is no text', 'a: { waitFor: { event: "${{ 1 }}" } }', 'event-name-invalid'],
    ['the name of its event is empty', 'a: { waitFor: { event: "${{ \'\' }}" } }', 'event-name-invalid'],
    ['it emits an event without a name', 'a: { emit: { event: "${{ 1 }}" } }', 'event-name-invalid'],
    ['its code is no text', 'a: { raise: { error: "${{ 1 }}", message: m } }', 'text-expected'],
    ['its approvers are no names', 'a: { approval: { by: ["${{ 5 }}"] } }', 'approvers-invalid'],
  ])('%s', (_, steps, code) => {
    expect(simulateRun(planFrom(steps)).state.error).toMatchObject({ code, step: 'a' });
  });
});
