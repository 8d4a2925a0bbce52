import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { ActionInput, ActionResult, WorkspaceRequest } from '#contracts/run.js';
import { InterpreterLab, succeed } from './interpreter-lab.js';
import { act, planOfNodes } from './plan-of-nodes.js';

const HERE = 'workspace-here';
const THERE = 'workspace-there';

const requests: WorkspaceRequest[] = [];
const done: string[] = [];
/** Resolves once all of them are under way, so that they are lost at the same moment. */
let together: { count: number; promise: Promise<void>; resolve: () => void };
let lab: InterpreterLab;

beforeAll(async () => {
  lab = await InterpreterLab.open({
    act: play,
    assignWorkspace(request) {
      requests.push(request);
      return { queue: request.lost === undefined ? HERE : THERE, fresh: true };
    },
  });
  for (const queue of ['command', HERE, THERE]) await lab.addWorker(queue);
});
afterAll(() => lab?.close());

async function play(input: ActionInput): Promise<ActionResult> {
  if (input.step.startsWith('lost') && input.afterLoss !== true) {
    if (--together.count === 0) together.resolve();
    await together.promise;
    throw ApplicationFailure.create({ message: 'Stopped.', type: 'worker-shutdown', nonRetryable: true });
  }
  done.push(`${input.step}${input.rebuild === true ? ' again' : ''}`);
  return succeed(input);
}

it('steps that lose their workspace at the same moment have it found and filled again once', async () => {
  const lost = Array.from({ length: 8 }, (_, n) => `lost-${n}`);
  together = { count: lost.length, ...Promise.withResolvers<void>() };
  const inWorkspace = { workspace: true, queue: 'command', quick: false } as const;
  const run = await lab.start(
    planOfNodes([
      act('fill', { ...inWorkspace, fillsWorkspace: true }),
      ...lost.map((id) => act(id, { ...inWorkspace, needs: ['fill'] })),
    ]),
  );
  expect((await lab.end(run)).status).toBe('completed');
  expect(requests.map((request) => request.lost)).toEqual([undefined, HERE]);
  expect(done.toSorted()).toEqual(['fill', 'fill again', ...lost].toSorted());
});
