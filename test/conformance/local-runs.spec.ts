import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunView, StepView } from '#contracts/rest/runs.js';
import type { Json, JsonObject } from '#domain/json.js';
import { runCommand } from '../../apps/cli/testing/run-command.js';
import { ROOT } from '../docs/markdown.js';
import { TestPlatform } from '../platform.js';
import { CHILD, definitionOf, KIND_CASES } from './kind-cases.js';

/** What runs on a laptop comes to the same end as on the platform, step by step. */

interface Outcome {
  readonly run: RunView;
  readonly steps: readonly StepView[];
}

/** What people do, on both sides. */
const ANSWERS = {
  answers: { it: 'approve', 'sign-off': 'approve', check: 'skip' },
  events: [
    { name: 'go', data: { n: 1 } },
    { name: 'go', data: { n: 2 } },
  ],
};

const EXAMPLES: readonly (readonly [name: string, inputs: JsonObject, step?: string, path?: string])[] = [
  ['deploy-region', { region: 'eu' }],
  ['fan-out', { shards: [0, 1, 2], width: 10 }],
  ['hello', { name: 'Ada' }],
  ['matrix', {}],
  ['parallel-checks', {}],
  ['pipeline-of-workflows', {}],
  ['recover', { migration: 'broken' }, 'check', 'steps/check/skip'],
  ['release', { regions: ['a'] }, 'sign-off', 'steps/sign-off/approve'],
  ['release', { sick: 'us-east' }, 'sign-off', 'steps/sign-off/approve'],
  ['retry-then-succeed', {}],
];

let platform: TestPlatform;
let folder: string;
const remote = new Map<string, Promise<Outcome>>();

beforeAll(async () => {
  platform = await TestPlatform.start();
  folder = await mkdtemp(join(tmpdir(), 'sluice-local-'));
  await writeFile(join(folder, 'answers.json'), JSON.stringify(ANSWERS));
  await writeFile(join(folder, 'kind-child.yaml'), CHILD);
  await platform.save(CHILD);
  await platform.saveExample('deploy-region');
  for (const kind of KIND_CASES) {
    await writeFile(join(folder, `${kind.kind}.yaml`), definitionOf(kind));
    const { id } = await platform.execute((await platform.save(definitionOf(kind))).id);
    const act = async () => {
      if (kind.people === undefined) return;
      await platform.waitFor(id, async () => kind.midst(await platform.steps(id)));
      await kind.people(platform, id);
    };
    remote.set(
      kind.kind,
      act().then(() => outcomeOf(id)),
    );
  }
  for (const [name, inputs, step, path] of EXAMPLES) {
    const { id } = await platform.execute((await platform.saveExample(name)).id, inputs);
    const act = async () => {
      if (step === undefined) return;
      await platform.waitFor(id, async () =>
        (await platform.steps(id)).some(({ key, status }) => key === step && status === 'waiting'),
      );
      await platform.request('POST', `/runs/${id}/${path}`, { reason: 'so' }, { 'x-sluice-actor': 'bob' });
    };
    remote.set(
      name + JSON.stringify(inputs),
      act().then(() => outcomeOf(id)),
    );
  }
  await Promise.all(remote.values());
});
afterAll(async () => {
  await platform?.close();
  await rm(folder, { recursive: true, force: true });
});

async function outcomeOf(id: string): Promise<Outcome> {
  const run = await platform.waitForEnd(id);
  return { run, steps: await platform.steps(id) };
}

async function runHere(path: string, inputs: JsonObject = {}): Promise<Outcome> {
  const given = Object.entries(inputs).map(([name, value]) => `--input=${name}=${JSON.stringify(value)}`);
  const { out, err } = await runCommand({
    argv: ['run', '--local', path, '--json', '--answers', join(folder, 'answers.json'), ...given],
    env: { PATH: process.env['PATH'] ?? '', TZ: 'UTC' },
  });
  if (out === '') throw new Error(err);
  return JSON.parse(out) as Outcome;
}

/** Whether it fails, or is stopped before because two others were faster, is a matter of moments. */
const RACING = 'copy[2]';

/** Without what differs from run to run: times, ids, people, and the steps of runs that a step started. */
function comparable({ run, steps }: Outcome): object {
  const own = steps.filter(({ key }) => !key.includes('/'));
  const instances = new Set(own.filter(({ key, id }) => key !== id).map(({ id }) => id));
  const shown = own.filter(({ key, id }) => key !== id || !instances.has(id));
  return {
    status: run.status,
    error: run.error?.code,
    output: withoutTimes(run.output ?? null),
    steps: shown
      .filter(({ key }) => key !== RACING)
      .map(({ key, status, attempts, error }) => [key, status, attempts.length, error?.code ?? ''].join(' '))
      .filter((line) => !line.includes(' skipped '))
      .sort(),
  };
}

function withoutTimes(value: Json): Json {
  const text = JSON.stringify(value, (name, member: Json) =>
    ['durationMs', 'at', 'by', 'approvedBy', 'freeMiB', 'reason'].includes(name) ? null : member,
  );
  return JSON.parse(text) as Json;
}

describe('a run on a laptop', () => {
  it.each(KIND_CASES.map(({ kind }) => kind))('ends as on the platform: kind %s', async (kind) => {
    const here = await runHere(join(folder, `${kind}.yaml`));
    expect(comparable(here)).toEqual(comparable(await remote.get(kind)!));
  });

  it.each(EXAMPLES)('ends as on the platform: example %s %j', async (name, inputs) => {
    const here = await runHere(join(ROOT, `examples/${name}.yaml`), inputs);
    expect(comparable(here)).toEqual(comparable(await remote.get(name + JSON.stringify(inputs))!));
  });
});
