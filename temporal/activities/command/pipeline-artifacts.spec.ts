import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PipelineWorld } from '#connectors/cicd/pipeline-world.js';
import type { PlatformClient } from '#connectors/cicd/platform.js';
import type { PipelineArtifactsOutput } from '#contracts/catalogue/pipeline-artifacts.js';
import type { PipelineArtifact } from '#contracts/cicd/execution.js';
import { isSluiceError } from '#domain/errors.js';
import type { Json } from '#domain/json.js';
import { ScriptedWorld } from '../testing/scripted-world.js';
import { createZip, type ZipEntry } from './artifacts/testing/zip.js';
import { createPipelineArtifacts } from './pipeline-artifacts.js';

interface Left extends Partial<PipelineArtifact> {
  readonly name: string;
  readonly bytes: Uint8Array;
}

let workspace: string;
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'sluice-artifacts-'));
});
afterEach(() => rmSync(workspace, { recursive: true }));

async function take(
  left: readonly Left[],
  more: Readonly<Record<string, Json>> = {},
): Promise<PipelineArtifactsOutput> {
  const scripted = new ScriptedWorld({ statuses: [{}] });
  const listed = left.map(({ bytes: _, ...artifact }, index) => ({
    id: String(index),
    form: 'archive' as const,
    expired: false,
    ...artifact,
  }));
  const client: Partial<PlatformClient> = {
    artifacts: async () => listed,
    download: async (_reference, { id }) => inParts(left[Number(id)]!.bytes),
  };
  const world: PipelineWorld = {
    ...scripted,
    connect: (...given) => ({ ...scripted.connect(...given), client: client as PlatformClient }),
  };
  const context = { ...scripted.context, workspace };
  const input = { execution: '0190a0a0-0000-7000-8000-000000000000', ...more };
  return (await createPipelineArtifacts(world)(input, context)) as unknown as PipelineArtifactsOutput;
}

async function* inParts(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10) yield bytes.subarray(at, at + 10);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const thrown: unknown = await work.then(
    () => 'nothing',
    (error: unknown) => error,
  );
  return isSluiceError(thrown) ? thrown.code : String(thrown);
}

const archive = (name: string, entries: readonly ZipEntry[], more: Partial<Left> = {}): Left => ({
  name,
  bytes: createZip(entries),
  ...more,
});

describe('pipeline/artifacts', () => {
  it('unpacks archives into folders of their names, and leaves files as they are', async () => {
    const output = await take([
      archive('dist', [
        { name: 'bin/app', content: 'run', mode: 0o100755 },
        { name: 'lib/' },
        { name: 'read me' },
      ]),
      { name: 'target/report.txt', bytes: Buffer.from('fine'), form: 'file', job: 'test' },
    ]);
    expect(output.artifacts).toEqual([
      { name: 'dist', files: 2, bytes: 3, directory: 'artifacts/dist' },
      { name: 'target/report.txt', job: 'test', files: 1, bytes: 4, directory: 'artifacts/target' },
    ]);
    const folder = join(workspace, 'artifacts');
    expect(readFileSync(join(folder, 'dist/bin/app'), 'utf8')).toBe('run');
    expect(statSync(join(folder, 'dist/bin/app')).mode & 0o111).toBe(0o111);
    expect(readFileSync(join(folder, 'target/report.txt'), 'utf8')).toBe('fine');
    expect(await readdir(join(workspace, '.sluice/tmp'))).toEqual([]);
  });

  it('takes those that are named, and leaves out what has expired', async () => {
    const two = [
      archive('a', [{ name: 'x' }]),
      archive('b', [{ name: 'y' }]),
      archive('c', [], { expired: true }),
    ];
    expect((await take(two)).artifacts.map(({ name }) => name)).toEqual(['a', 'b']);
    expect((await take(two, { names: ['b'], directory: 'out' })).artifacts).toMatchObject([
      { directory: 'out/b' },
    ]);
    expect(await codeOf(take(two, { names: ['d'] }))).toBe('artifact-not-found');
  });

  it('keeps two of one name apart', async () => {
    const output = await take([
      archive('out', [{ name: 'x', content: '1' }], { job: 'linux' }),
      archive('out', [{ name: 'x', content: '2' }], { job: 'mac os' }),
    ]);
    expect(output.artifacts.map(({ directory }) => directory)).toEqual([
      'artifacts/out',
      'artifacts/of-mac-os/out',
    ]);
  });

  it('replaces what an earlier attempt has left', async () => {
    await take([archive('out', [{ name: 'old' }])]);
    await take([archive('out', [{ name: 'new' }])]);
    expect(await readdir(join(workspace, 'artifacts/out'))).toEqual(['new']);
  });

  it.each<[string, ZipEntry]>([
    ['leads upwards', { name: '../../evil', content: 'x' }],
    ['leads upwards in its middle', { name: 'a/../../../evil', content: 'x' }],
    ['is absolute', { name: '/tmp/evil', content: 'x' }],
    ['is of another system', { name: 'a\\..\\..\\evil', content: 'x' }],
    ['is a link', { name: 'evil', content: '/etc/passwd', mode: 0o120777 }],
    ['is larger than it says', { name: 'evil', content: 'xxxx', claimedSize: 2 }],
  ])('refuses an archive of which a name %s, or what it names', async (_, entry) => {
    expect(await codeOf(take([archive('a', [entry])]))).toBe('artifact-invalid');
    expect(existsSync(join(workspace, 'evil'))).toBe(false);
    expect(existsSync(join(workspace, '../evil'))).toBe(false);
  });

  it.each(['..', 'a/../../b', 'x\0y', 'a\\b', ''])('refuses an artifact of the name %j', async (name) => {
    expect(await codeOf(take([{ name, bytes: Buffer.from('x'), form: 'file' }]))).toBe('artifact-invalid');
  });

  it('does not follow a link of the workspace that leads out of it', async () => {
    symlinkSync(tmpdir(), join(workspace, 'artifacts'));
    expect(await codeOf(take([archive('a', [{ name: 'x' }])]))).toBe('path-outside-workspace');
  });

  it('refuses what is no archive, and more than it may write', async () => {
    expect(await codeOf(take([{ name: 'a', bytes: Buffer.from('<html>') }]))).toBe('artifact-invalid');
    const two = [
      archive('a', [{ name: 'x', content: '12345' }]),
      archive('b', [{ name: 'y', content: '123456' }]),
    ];
    expect(await codeOf(take(two, { maxBytes: 10_000 }))).toBe('nothing');
    expect(await codeOf(take(two, { maxBytes: 10 }))).toBe('artifact-too-large');
  });

  it('says what to do where a platform has none', async () => {
    const scripted = new ScriptedWorld({ statuses: [{}] });
    const none = async () => ({ unsupported: 'artifacts', instead: 'Fetch them.' }) as const;
    const world: PipelineWorld = {
      ...scripted,
      connect: (...given) => ({
        ...scripted.connect(...given),
        client: { artifacts: none } as unknown as PlatformClient,
      }),
    };
    const thrown = createPipelineArtifacts(world)({ execution: 'x' }, { ...scripted.context, workspace });
    await expect(thrown).rejects.toMatchObject({ code: 'artifacts-unsupported', hint: 'Fetch them.' });
  });
});
