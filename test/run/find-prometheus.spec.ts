import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findPrometheusProgram } from '../servers/prometheus/prometheus-program.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-find-'));
  mkdirSync(join(folder, 'bin'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program of a machine that has no other but these. */
function add(name: string, script: string): void {
  const file = join(folder, 'bin', name);
  writeFileSync(file, `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`);
  chmodSync(file, 0o755);
}

function find(): Promise<string> {
  const env = { PATH: join(folder, 'bin'), XDG_CACHE_HOME: join(folder, 'cache') };
  return findPrometheusProgram({ env, onProgress: () => undefined, onSpawn: () => undefined });
}

const UNPACK = 'mkdir -p "$3/usr/bin" && cp "$2" "$3/usr/bin/prometheus"';

describe('the Prometheus of tests', () => {
  it('is that of the PATH, with its tool beside it', async () => {
    add('prometheus', 'echo "prometheus, version 3.1.0 (branch: x)"');
    add('promtool', '');
    expect(await find()).toBe(join(folder, 'bin', 'prometheus'));
  });

  it.each([
    ['is old', 'echo "prometheus, version 2.24.1 (branch: x)" >&2', ['promtool']],
    ['does not start', 'exit 1', ['promtool']],
    ['is something else', 'echo hello', ['promtool']],
    ['has no tool', 'echo "prometheus, version 3.1.0"', []],
  ])('is not that of the PATH where it %s', async (_, script, beside) => {
    add('prometheus', script);
    for (const name of beside) add(name, '');
    await expect(find()).rejects.toThrow(/^there is no Prometheus on the PATH, and none of Debian/);
  });

  it("is Debian's, which is got once", async () => {
    add('apt-get', `echo "$@" >> ${folder}/asked; echo content > prometheus_2_amd64.deb`);
    add('dpkg', UNPACK);
    const file = await find();
    expect(readFileSync(file, 'utf8')).toBe('content\n');
    expect(await find()).toBe(file);
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toMatch(/^[^\n]* download prometheus\n$/);
    expect(readdirSync(join(folder, 'cache', 'sluice'))).toEqual(['prometheus-for-tests-debian']);
  });

  it('asks by lists of its own where the machine has none', async () => {
    add(
      'apt-get',
      `case "$*" in *Dir::State::Lists*) echo content > p.deb;; *) echo "E: no lists" >&2; exit 100;; esac`,
    );
    add('dpkg', UNPACK);
    expect(existsSync(await find())).toBe(true);
  });

  it.each([
    ['apt-get fails', 'echo "E: no network" >&2; exit 100', UNPACK, /E: no network/],
    ['nothing came', 'true', 'exit 2', /dpkg/],
    [
      'the package is damaged',
      'echo x > p.deb',
      'echo "dpkg-deb: error: not an archive" >&2; exit 2',
      /not an archive/,
    ],
    ['the package has no such program', 'echo x > p.deb', 'mkdir -p "$3"', /has no usr\/bin\/prometheus/],
  ])('is not there where %s; that is said, and nothing stays', async (_, get, unpack, words) => {
    add('apt-get', get);
    add('dpkg', unpack);
    await expect(find()).rejects.toThrow(words);
    expect(readdirSync(join(folder, 'cache', 'sluice'))).toEqual([]);
  });
});
