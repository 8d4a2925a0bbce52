import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findBelonging } from '../../../libs/host/process.js';
import { main, ROOT, surroundings, waitUntil } from './local-platform.js';

let folder: string;
let tests: ChildProcess;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-interrupted-'));
  // Root's Postgres runs as another user, who must pass.
  chmodSync(folder, 0o711);
  tests = spawn(process.execPath, [main('test/run/main'), 'no file of this name'], {
    cwd: ROOT,
    env: { ...surroundings(), TMPDIR: folder },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const processes = () => findBelonging({ folders: [folder] });

describe('a test run that is cut short', () => {
  it.each(['SIGINT', 'SIGKILL'] as const)(
    'leaves no process and no folder behind after %s',
    async (signal) => {
      const ended = once(tests, 'exit');
      // Its Postgres, at least, works in its folder.
      await waitUntil(() => processes().length > 0);
      tests.kill(signal);
      const [code] = await ended;
      expect(code).toBe(signal === 'SIGINT' ? 1 : null);
      await waitUntil(() => processes().length === 0 && readdirSync(folder).length === 0);
    },
  );
});
