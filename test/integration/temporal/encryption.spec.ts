import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { workflowIdOf } from '#contracts/names.js';
import { TestPlatform } from '../../platform.js';

const CANARY = 'canary-7f3a91';
const DEFINITION = `
sluice: 1
name: canary
inputs:
  word: { type: string }
  large: { type: string, default: "" }
stages:
  work:
    steps:
      say: { uses: log/write, name: "Say it", with: { message: "\${{ inputs.word }}" } }
      keep: { set: { word: "\${{ inputs.word + inputs.large }}" } }
      run:
        uses: command/run
        with: { run: [sh, -c, 'echo "$WORD"; echo "$WORD" >&2; exit 3'], environment: { WORD: "\${{ inputs.word }}" } }
        onFailure: continue
      crash: { raise: { error: it-is-over, message: "The word was \${{ inputs.word }}." } }
`;

/** All bytes that Temporal keeps of a run. */
async function readHistory(platform: TestPlatform, run: string): Promise<string> {
  const { address, namespace } = platform.temporal;
  const connection = await Connection.connect({ address });
  try {
    const execution = { workflowId: workflowIdOf(run) };
    const parts: Uint8Array[] = [];
    let nextPageToken: Uint8Array | undefined;
    do {
      const page = await connection.workflowService.getWorkflowExecutionHistory({
        namespace,
        execution,
        ...(nextPageToken === undefined ? {} : { nextPageToken }),
      });
      parts.push(proto.temporal.api.history.v1.History.encode(page.history!).finish());
      nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined;
    } while (nextPageToken !== undefined);
    const { DescribeWorkflowExecutionResponse } = proto.temporal.api.workflowservice.v1;
    const description = await connection.workflowService.describeWorkflowExecution({ namespace, execution });
    parts.push(DescribeWorkflowExecutionResponse.encode(description).finish());
    return Buffer.concat(parts).toString('latin1');
  } finally {
    await connection.close();
  }
}

async function runToItsEnd(platform: TestPlatform): Promise<string> {
  const { id } = await platform.execute('canary', { word: CANARY, large: CANARY.repeat(10_000) });
  const run = await platform.waitForEnd(id);
  expect(run).toMatchObject({
    status: 'failed',
    error: { code: 'it-is-over', message: `The word was ${CANARY}.` },
  });
  const steps = await platform.steps(id);
  expect(steps.find(({ id: step }) => step === 'run')).toMatchObject({
    error: { code: 'command-failed', message: expect.stringContaining(CANARY) },
  });
  return id;
}

describe('what Temporal stores of a run', () => {
  const keyOf = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
  const old = keyOf('old');
  const keys = { SLUICE_ENCRYPTION_KEYS: `${keyOf('new')},${old}` };
  let platform: TestPlatform;

  beforeAll(async () => {
    platform = await TestPlatform.start({ api: keys, worker: keys });
    await platform.save(DEFINITION);
  });
  afterAll(() => platform?.close());

  it('holds no word of its values with a key, while people see all of it', async () => {
    const history = await readHistory(platform, await runToItsEnd(platform));
    expect(history).toContain('encryption-key-id');
    expect(history).toContain('command/run');
    expect(history).not.toMatch(/canary-7f3a91|The word was|exit code 3/);
  });

  it('holds them without one', async () => {
    const open = await TestPlatform.start();
    try {
      await open.save(DEFINITION);
      expect(await readHistory(open, await runToItsEnd(open))).toContain('The word was canary-7f3a91');
    } finally {
      await open.close();
    }
  });
});
