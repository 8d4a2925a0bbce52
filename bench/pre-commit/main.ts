import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProjectRoot } from '../../libs/host/project-root.js';
import { printRows, type Row } from '../report.js';
import { makeLargeRepository } from '../risk/large-repository.js';
import { median } from '../statistics.js';

/*
 * What a developer waits for at `git commit`: the whole process of the hook, on a staged change of twenty files. Beside it,
 * git comparing the same two states, and a Node that does nothing.
 */
const COMMITS = 20_000;
const CHANGED = 20;
const ROUNDS = 9;
const ROOT = findProjectRoot();
const HOOK = ['gate', '--file', join(ROOT, 'examples/gates/pre-commit.yaml'), '--staged', '--repository'];

const root = mkdtempSync(join(tmpdir(), 'sluice-bench-pre-commit-'));
try {
  const repository = join(root, 'repository.git');
  mkdirSync(repository);
  run('git', ['init', '--quiet', '--bare', '--initial-branch=main', repository]);
  await makeLargeRepository(repository, COMMITS, CHANGED);
  run('git', ['-C', repository, 'read-tree', 'change']);
  const hook = (...more: readonly string[]) =>
    run(join(ROOT, 'bin/sluice'), [...HOOK, repository, ...more], { SLUICE_HOME: join(root, 'home') });
  hook();
  const works = {
    cold: () => hook('--no-index'),
    warm: () => hook(),
    git: () => run('git', ['-C', repository, 'diff', '--cached', '--numstat', 'HEAD']),
    node: () => run(process.execPath, ['-e', '0']),
  };
  const times = measureInTurn(works);
  const reference = times.git + times.node;
  const row = (figure: string, value: number, aim: string): Row => ({
    figure: `${CHANGED} staged files, ${COMMITS.toLocaleString('en')} commits, ${figure} (ms)`,
    value: value.toFixed(0),
    aim,
    reference: `${reference.toFixed(0)} as git diff --cached and node -e 0`,
    ratio: (value / reference).toFixed(1),
  });
  printRows('pre-commit', [row('no index', times.cold, '< 2000'), row('index', times.warm, '< 2000')]);
} finally {
  rmSync(root, { recursive: true, force: true });
}

/** Whatever it answers: the gate need not pass. */
function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  try {
    execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } });
  } catch (error) {
    const { status, stderr } = error as { readonly status: number | null; readonly stderr: Buffer };
    if (status !== 1 || stderr.length > 0) throw error;
  }
}

/** Medians, in milliseconds. */
function measureInTurn<K extends string>(works: Readonly<Record<K, () => void>>): Record<K, number> {
  const times = new Map<K, number[]>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, work] of Object.entries(works) as [K, () => void][]) {
      const began = performance.now();
      work();
      times.set(name, [...(times.get(name) ?? []), performance.now() - began]);
    }
  }
  return Object.fromEntries([...times].map(([name, all]) => [name, median(all)])) as Record<K, number>;
}
