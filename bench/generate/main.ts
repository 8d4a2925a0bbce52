import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { generate } from '#domain/generation/generate.js';
import { scanRepository } from '#repositories/scan-repository.js';
import { printRows } from '../report.js';
import { median } from '../statistics.js';

/*
 * A definition for a repository of 100,000 files with 400 build files: listing them by git, or by walking where there is no
 * git; reading; generating. Beside it what `git ls-files` alone takes.
 */
const ROUNDS = 5;
const FOLDERS = 1_000;
const FILES = 100;

interface Times {
  readonly tracked: number[];
  readonly change: number[];
  readonly walked: number[];
  readonly listing: number[];
}

const root = mkdtempSync(join(tmpdir(), 'sluice-bench-generate-'));
try {
  const times: Times = { tracked: [], change: [], walked: [], listing: [] };
  build();
  for (let round = -1; round < ROUNDS; round++) {
    const take = async (name: keyof Times, work: () => unknown) => {
      const began = performance.now();
      await work();
      if (round >= 0) times[name].push(performance.now() - began);
    };
    await take('tracked', () => toDefinition('repository'));
    await take('change', () => toDefinition('repository', 'HEAD~1..HEAD'));
    hideGit(true);
    await take('walked', () => toDefinition('repository'));
    hideGit(false);
    await take('listing', () => git('ls-files', '-z'));
  }
  const [tracked, change, listing] = [times.tracked, times.change, times.listing].map(median) as [
    number,
    number,
    number,
  ];
  const figure = (FOLDERS * FILES).toLocaleString('en');
  const row = (name: string, value: number) => ({
    figure: `${figure} files${name} (ms)`,
    value: value.toFixed(0),
    aim: '< 2000',
    reference: `${listing.toFixed(0)} as git ls-files`,
    ratio: (value / listing).toFixed(1),
  });
  printRows('generate', [row('', tracked), row(', a change', change), row(', walked', median(times.walked))]);
} finally {
  rmSync(root, { recursive: true, force: true });
}

async function toDefinition(folder: string, change?: string): Promise<void> {
  const facts = await scanRepository(join(root, folder), change === undefined ? {} : { change });
  if (facts.files.length < FOLDERS * FILES * 0.9) throw new Error(`${facts.files.length} files were seen`);
  generate(facts, ACTIONS);
}

function git(...args: readonly string[]): Buffer {
  const identity = ['-c', 'user.name=b', '-c', 'user.email=b@example.org', '-c', 'gc.auto=0'];
  return execFileSync('git', ['-C', join(root, 'repository'), ...identity, ...args], { maxBuffer: 2 ** 28 });
}

/** The same files, of which git knows nothing. */
function hideGit(hidden: boolean): void {
  const [here, away] = [join(root, 'repository/.git'), join(root, 'kept')];
  renameSync(...(hidden ? ([here, away] as const) : ([away, here] as const)));
}

function build(): void {
  for (let folder = 0; folder < FOLDERS; folder++) {
    const path = join(root, 'repository/packages', `p${folder}`, 'src');
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < FILES; file++)
      writeFileSync(join(path, `f${file}.ts`), `export const f${file} = ${folder};\n`);
    if (folder % 5 > 1) continue;
    const manifest =
      folder % 5 === 0
        ? ['package.json', packageOf(folder)]
        : ['go.mod', `module example.com/p${folder}\n\ngo 1.21\n`];
    writeFileSync(join(path, '..', manifest[0]!), manifest[1]!);
  }
  git('init', '--quiet', '-b', 'main');
  git('add', '.');
  git('commit', '--quiet', '-m', 'all');
  writeFileSync(join(root, 'repository/packages/p0/src/f0.ts'), 'export const f0 = 1;\n');
  git('commit', '--quiet', '-a', '-m', 'one');
}

function packageOf(folder: number): string {
  const dependencies = folder > 0 ? { [`p${folder - 5}`]: '1.0.0' } : {};
  return JSON.stringify({
    name: `p${folder}`,
    scripts: { test: 'node --test', lint: 'eslint .' },
    dependencies,
  });
}
