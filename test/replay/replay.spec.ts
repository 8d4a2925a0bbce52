import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { temporal } from '@temporalio/proto';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { compressingCodec } from '#temporal/payload-codec.js';

const HISTORIES = new URL('./histories/', import.meta.url);
const DIST = new URL('../../dist/', import.meta.url);

/** Files are named by the version that wrote them: `<version>.<definition>.binpb`. */
const files = readdirSync(HISTORIES).filter((name) => name.endsWith('.binpb'));

function replay(code: string, file: string): Promise<void> {
  const history = temporal.api.history.v1.History.decode(readFileSync(new URL(file, HISTORIES)));
  return Worker.runReplayHistory(
    {
      workflowBundle: { code },
      dataConverter: { payloadCodecs: [compressingCodec] },
      sinks: { projection: { record: { fn: () => undefined }, finish: { fn: () => undefined } } },
    },
    history,
    `run-${file}`,
  );
}

describe('recorded histories', () => {
  const today = readFileSync(new URL('workflow-bundle.js', DIST), 'utf8');

  it.each([
    '0.1.0.hello.binpb',
    '0.1.0.fan-out.binpb',
    '0.1.0.retry-then-succeed.binpb',
    '0.1.0.parallel-checks.binpb',
    '0.1.0.canceled.binpb',
    '0.1.0.verify-repository.binpb',
    '0.1.0.continued.binpb',
    '0.1.0.operated.binpb',
    '0.1.0.child-run.binpb',
    '0.1.0.claims.binpb',
    '0.1.0.inline.binpb',
  ])('still has %s', (file) => expect(files).toContain(file));

  it.each(files)('replays %s', async (file) => {
    await expect(replay(today, file)).resolves.toBeUndefined();
  });

  it('refuses a history when the order of decisions is another', async () => {
    const { code } = await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('temporal/workflows/workflows.js', DIST)),
      webpackConfigHook: (config) => ({
        ...config,
        resolve: {
          ...config.resolve,
          alias: {
            ...config.resolve?.alias,
            '#domain/execution/decide.js': fileURLToPath(new URL('test/replay/reversed-decide.js', DIST)),
          },
        },
      }),
    });
    await expect(replay(code, '0.1.0.fan-out.binpb')).rejects.toThrow(DeterminismViolationError);
  });
});
