import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { findFreePort } from '../../libs/host/port.js';
import { coverageEnvironment } from '../coverage.js';
import { findBlocks, ROOT, readDocument } from './markdown.js';
import { matchesLine } from './normalize.js';

const LAST_LINE = 'Ctrl-C stops everything.';

let home: string;
let launcher: ChildProcess;
let printed = '';
let ended: Promise<unknown[]>;

/** What `npm start` runs when everything is installed and compiled. */
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-start-'));
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(DATABASE_URL|TEMPORAL_ADDRESS)$|^SLUICE_TEST_/.test(name),
    ),
  );
  launcher = spawn(process.execPath, ['dist/apps/local/main.js'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...env,
      ...coverageEnvironment(),
      SLUICE_HOME: home,
      SLUICE_PORT: String(await findFreePort()),
      SLUICE_TEMPORAL_PORT: String(await findFreePort()),
      SLUICE_UI_PORT: String(await findFreePort()),
    },
  });
  ended = once(launcher, 'exit');
  await new Promise<void>((resolve, reject) => {
    for (const stream of [launcher.stdout, launcher.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        if (printed.includes(LAST_LINE)) resolve();
      });
    }
    void ended.then(() => reject(new Error(`it ended:\n${printed}`)));
  });
});
afterAll(async () => {
  if (launcher?.exitCode === null && launcher.signalCode === null) {
    launcher.kill('SIGINT');
    await ended;
  }
  await rm(home, { recursive: true, force: true });
});

it('greets as the README shows', () => {
  const shown = findBlocks(readDocument('README.md')).find(({ text }) => text.includes(LAST_LINE))!;
  const start = printed.indexOf('Sluice is ready');
  const greeting = withDefaultPorts(printed.slice(start).trimEnd()).split('\n');
  const lines = shown.text.split('\n');
  const agrees =
    lines.length === greeting.length && lines.every((line, index) => matchesLine(line, greeting[index]!));
  if (!agrees) expect(greeting).toEqual(lines);
});

it('runs the command that it names next', async () => {
  const command = /^ {2}(cd .*)$/m.exec(printed)![1]!;
  const { stdout } = await promisify(execFile)('sh', ['-c', command]);
  expect(stdout).toMatch(/^✓ hello v1 succeeded/);
  expect(stdout).toContain('Hello, world!');
});

it('ends in good order on Ctrl-C, and says where the data stays', async () => {
  launcher.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
  expect(printed).toContain(`Stopped. The data stays in ${home}`);
});

/** As if the three ports had been free, and the data lay where they lie by default. */
function withDefaultPorts(greeting: string): string {
  return greeting
    .replace(/SLUICE_HOME=\S+ SLUICE_PORT=\d+ /, '')
    .replace(/(API .*127\.0\.0\.1:)\d+/, '$13000')
    .replace(/(API docs .*127\.0\.0\.1:)\d+/, '$13000')
    .replace(/(Temporal .*127\.0\.0\.1:)\d+/, '$18233');
}
