import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isObjectReference } from '#contracts/object-reference.js';
import type { StepView } from '#contracts/rest/runs.js';
import type { JsonObject } from '#domain/json.js';
import { TestPlatform } from '../platform.js';

const MIB = 1024 * 1024;
const SIZE = 40 * MIB;

const DEFINITION = `
sluice: 1
name: floods
inputs:
  letters: { type: array, items: { type: integer } }
stages:
  work:
    steps:
      many:
        forEach: { in: "\${{ inputs.letters }}", as: n, failFast: false }
        steps:
          flood:
            uses: command/run
            with:
              run: [sh, -c, 'head -c ${4 * SIZE} /dev/zero | tr "\\\\0" "$LETTER"']
              environment: { LETTER: "\${{ string(n) }}" }
              outputLimit: ${SIZE}
          measure:
            uses: command/run
            with: { run: [wc, -c], stdin: "\${{ steps.flood.output.stdout }}", parse: json }
      beyond:
        uses: command/run
        with:
          # Of each byte, JSON makes six.
          run: [sh, -c, 'head -c ${SIZE} /dev/zero | tr "\\\\0" "\\\\1"']
          outputLimit: ${SIZE}
        retry: { attempts: 3, delay: 1s }
        onFailure: continue
output: "\${{ steps.many.output }}"
`;

describe('outputs of 40 MiB', () => {
  let platform: TestPlatform;

  beforeAll(async () => {
    platform = await TestPlatform.start();
    await platform.save(DEFINITION);
  });
  afterAll(() => platform?.close());

  it.each([
    [[1], 1024],
    [[1, 2, 3, 4, 5, 6], 1536],
  ])('go through one worker at once, as many as %j, and come back, within %d MiB', async (letters, limit) => {
    const { id } = await platform.execute('floods', { letters });
    expect(await platform.waitForEnd(id, 240_000)).toMatchObject({ status: 'succeeded' });
    const steps = await platform.steps(id);
    const of = (name: string): readonly StepView[] => steps.filter((step) => step.id === name);

    const lengths = of('measure').map(({ output }) => (output as JsonObject)['result']);
    expect(lengths).toEqual(letters.map(() => SIZE));
    for (const { output } of of('flood')) {
      const { stdout, exitCode, truncated } = output as JsonObject;
      expect([exitCode, truncated, isObjectReference(stdout)]).toEqual([0, true, true]);
      expect((stdout as JsonObject)['size']).toBe(SIZE + 2);
    }
    expect(of('beyond')).toMatchObject([{ error: { code: 'output-too-large' }, attempts: [{ attempt: 1 }] }]);

    const [flood] = of('flood');
    const { $object } = (flood!.output as JsonObject)['stdout'] as { $object: string };
    const response = await fetch(`${platform.url}/api/v1/runs/${id}/objects/${$object}`, {
      headers: platform.authorization,
    });
    expect((await response.text()).length).toBe(SIZE + 2);

    expect(platform.worker.starts).toBe(1);
    for (const pid of platform.worker.pids) expect(await readPeakMemory(pid)).toBeLessThan(limit * MIB);
  });
});

/** The most memory that the process ever had, in bytes. */
async function readPeakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
