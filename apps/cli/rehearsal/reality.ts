import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attemptLimitOf } from '#domain/execution/attempt-policy.js';
import type { Reality } from '#domain/rehearsal/rehearse.js';
import { LOCAL_PROJECT } from '../local/local-runs.js';
import { readLocalSettings } from '../local/local-settings.js';
import { openWorkshop } from '../local/workshop.js';

/** Does the actions that tests allow, as `run --local` does them; each test file has its own workspace. */
export async function openReality(
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly reality: Reality; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-test-'));
  const nobody = { recordAttemptStarted() {}, recordAttemptEnded() {}, appendLog() {}, async settle() {} };
  const workshop = await openWorkshop(folder, readLocalSettings(env), env, nobody);
  const reality: Reality = ({ step, node, with: value }, attempt, end) => {
    const controller = new AbortController();
    const run = { id: 'test', workflow: 'test', version: 1 };
    const input = {
      ...{
        run,
        project: LOCAL_PROJECT,
        step,
        attemptsBefore: attempt - 1,
        idempotencyKey: `test/${step}`,
        with: value,
      },
      ...(node.secrets === undefined ? {} : { secrets: node.secrets }),
      ...(node.outputSchema === undefined ? {} : { outputSchema: node.outputSchema }),
    };
    const setting = { attempt, limitMs: attemptLimitOf(node), cancellation: controller.signal };
    void workshop
      .attemptsOf(node.action)(input, setting)
      .then((outcome) => {
        if (outcome.status === 'failed') return end({ type: 'failed', ...outcome.failure });
        if (outcome.status === 'succeeded') return end({ type: 'succeeded', output: outcome.output });
        end({ type: 'canceled' });
      });
    return () => controller.abort();
  };
  return {
    reality,
    async close() {
      await workshop.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
