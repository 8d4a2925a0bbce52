import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assessChange } from '#risk/assess-change.js';
import { printRows, type Row } from '../report.js';
import { median } from '../statistics.js';
import { makeLargeRepository } from './large-repository.js';

/*
 * The risk of a change of 200 files in a repository of 100,000 commits: without an index and with one, as a process and
 * within one, its memory; beside `git log --numstat` over the same repository in the same run.
 */
const COMMITS = 100_000;
const CHANGED = 200;
const ROUNDS = 5;
const CLI = join(import.meta.dirname, '../../apps/cli/main.js');
/** Written to stderr by the process that is measured: its peak memory, in KiB. */
const TELL_MEMORY = `data:text/javascript,process.on('exit',()=>process.stderr.write(String(process.resourceUsage().maxRSS)))`;

const root = mkdtempSync(join(tmpdir(), 'sluice-bench-risk-'));
try {
  const repository = await findRepository();
  const reference = measure(1, () =>
    execFileSync('git', ['-C', repository, 'log', '--numstat', 'main'], { stdio: 'ignore' }),
  );
  const within = await measureWithin(repository);
  const cold = measureProcess(repository, ['--no-index']);
  measureProcess(repository, [], 1);
  const warm = measureProcess(repository, []);
  const row = (figure: string, value: number, aim: string): Row => ({
    figure: `${COMMITS.toLocaleString('en')} commits, ${CHANGED} files, ${figure} (ms)`,
    value: value.toFixed(0),
    aim,
    reference: `${reference.toFixed(0)} as git log --numstat`,
    ratio: (value / reference).toFixed(3),
  });
  printRows('risk', [
    row('no index', within.cold, '< 3000'),
    row('index', within.warm, '< 300'),
    row('no index, as a process', cold.time, '< 3000'),
    row('index, as a process', warm.time, ''),
    {
      figure: 'peak memory (MiB)',
      value: Math.max(cold.memory, warm.memory).toFixed(0),
      aim: '< 300',
      reference: '',
      ratio: '',
    },
  ]);
} finally {
  rmSync(root, { recursive: true, force: true });
}

/** Made once for a machine where BENCH_REPOSITORY names a folder for it. */
async function findRepository(): Promise<string> {
  const folder = process.env['BENCH_REPOSITORY'] ?? join(root, 'repository.git');
  if (existsSync(join(folder, 'refs', 'heads', 'change'))) return folder;
  mkdirSync(folder, { recursive: true });
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', folder]);
  await makeLargeRepository(folder, COMMITS, CHANGED);
  return folder;
}

async function measureWithin(folder: string): Promise<{ readonly cold: number; readonly warm: number }> {
  const request = { folder, base: 'main', head: 'change' };
  const indexes = join(root, 'within');
  // The model and the code are loaded then.
  await assessChange({ ...request, indexes });
  const times = { cold: [] as number[], warm: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, more] of [
      ['cold', {}],
      ['warm', { indexes }],
    ] as const) {
      const began = performance.now();
      await assessChange({ ...request, ...more });
      times[name].push(performance.now() - began);
    }
  }
  return { cold: median(times.cold), warm: median(times.warm) };
}

function measureProcess(
  repository: string,
  more: readonly string[],
  rounds = ROUNDS,
): { readonly time: number; readonly memory: number } {
  const told = join(root, 'memory');
  let memory = 0;
  const time = measure(rounds, () => {
    const errors = openSync(told, 'w+');
    execFileSync(
      process.execPath,
      [
        '--import',
        TELL_MEMORY,
        CLI,
        'risk',
        '--repository',
        repository,
        '--base',
        'main',
        '--head',
        'change',
        ...more,
      ],
      { stdio: ['ignore', 'ignore', errors], env: { ...process.env, SLUICE_HOME: join(root, 'home') } },
    );
    closeSync(errors);
    memory = Math.max(memory, Number(readFileSync(told, 'utf8')) / 1024);
  });
  return { time, memory };
}

function measure(rounds: number, work: () => unknown): number {
  const times = Array.from({ length: rounds }, () => {
    const began = performance.now();
    work();
    return performance.now() - began;
  });
  return median(times);
}
