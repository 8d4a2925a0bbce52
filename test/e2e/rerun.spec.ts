import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ComparisonView } from '#contracts/rest/comparison.js';
import type { HistoryView } from '#contracts/rest/operations.js';
import type { Page } from '#contracts/rest/page.js';
import type { RunView, StepView } from '#contracts/rest/runs.js';
import { eventually } from '../integration/api/api-fixture.js';
import { TestPlatform } from '../platform.js';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await TestPlatform.start({ processes: 2 });
});
afterAll(() => platform?.close());

const RELEASE = `
sluice: 1
name: release
inputs:
  broken: { type: boolean, default: true }
stages:
  build:
    steps:
      ci: { set: { image: "app:1" } }
      sign-off: { approval: { by: [approver] } }
  release:
    steps:
      announce: { emit: { event: releasing, data: { image: "\${{ steps.ci.output.image }}" } } }
      each:
        forEach: { in: [eu, us], as: region }
        steps:
          deploy: { uses: log/write, with: { message: "\${{ region }}" } }
      check: { if: inputs.broken, raise: { error: not-well, message: "It is broken." } }
output: { image: "\${{ steps.ci.output.image }}", regions: "\${{ size(steps.each.output) }}" }
`;

const LISTEN = `
sluice: 1
name: listen
stages:
  hear:
    steps:
      hook: { waitFor: { event: releasing } }
output: { heard: "\${{ steps.hook.output.data.image }}" }
`;

async function waitForStep(run: string, key: string, status: string): Promise<void> {
  await eventually(
    async () => (await platform.request<Page<StepView>>('GET', `/runs/${run}/steps`)).body.items,
    (steps) => steps.some((step) => step.key === key && step.status === status),
  );
}

it('with other inputs asks for approval again, and does again what comes after it, but not what came before', async () => {
  await platform.save(RELEASE);
  await platform.save(LISTEN);
  const listener = await platform.execute('listen');
  await waitForStep(listener.id, 'hook', 'waiting');

  const first = await platform.execute('release', {}, { 'x-sluice-actor': 'bob' });
  await waitForStep(first.id, 'sign-off', 'waiting');
  const path = `/runs/${first.id}/steps/sign-off/approve`;
  expect(await platform.request('POST', path, {}, { 'x-sluice-actor': 'bob' })).toMatchObject({
    status: 403,
  });
  expect(await platform.request('POST', path, {}, { 'x-sluice-actor': 'ann' })).toMatchObject({
    status: 200,
  });
  expect(await platform.waitForEnd(first.id)).toMatchObject({
    status: 'failed',
    error: { code: 'not-well' },
  });
  expect(await platform.waitForEnd(listener.id)).toMatchObject({
    status: 'succeeded',
    output: { heard: 'app:1' },
  });

  const { status, body } = await platform.request<RunView>('POST', `/runs/${first.id}/rerun`, {
    inputs: { broken: false },
    reason: 'it is mended',
  });
  expect([status, body]).toMatchObject([202, { trigger: 'rerun', rerunOf: { run: first.id } }]);
  await waitForStep(body.id, 'sign-off', 'waiting');
  const again = `/runs/${body.id}/steps/sign-off/approve`;
  expect(await platform.request('POST', again, {}, { 'x-sluice-actor': 'ann' })).toMatchObject({
    status: 200,
  });
  expect(await platform.waitForEnd(body.id)).toMatchObject({
    status: 'succeeded',
    output: { image: 'app:1', regions: 2 },
  });
  const steps = (await platform.request<Page<StepView>>('GET', `/runs/${body.id}/steps`)).body.items;
  expect(steps.map((step) => [step.key, step.status, step.reused === true, step.attempts.length])).toEqual([
    ['build', 'succeeded', false, 0],
    ['ci', 'succeeded', true, 0],
    ['sign-off', 'succeeded', false, 0],
    ['release', 'succeeded', false, 0],
    ['announce', 'succeeded', false, 0],
    ['each', 'succeeded', false, 0],
    ['deploy[0]', 'succeeded', false, 1],
    ['deploy[1]', 'succeeded', false, 1],
    ['check', 'skipped', false, 0],
  ]);
  const history = async (run: string) =>
    (await platform.request<Page<HistoryView>>('GET', `/runs/${run}/history`)).body.items.map(
      ({ type }) => type,
    );
  for (const run of [first.id, body.id]) {
    expect(await history(run)).toEqual([
      'approval.requested',
      'approval.approved',
      'event.emitted',
      'event.received',
    ]);
  }
  const compared = (await platform.request<ComparisonView>('GET', `/runs/${first.id}/compare/${body.id}`))
    .body;
  expect(compared.inputs).toEqual([{ path: '/broken', before: true, after: false }]);
  expect(compared.steps.find(({ key }) => key === 'check')).toMatchObject({ status: ['failed', 'skipped'] });
});
