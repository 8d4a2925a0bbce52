import type { JsonObject } from '../../json.js';
import type { Evidence } from '../facts.js';
import { placeOfKey } from '../reading/json-file.js';
import { folderOf, type Repository } from '../repository.js';

/** How packages are installed and scripts are run. */
export interface Manager {
  readonly name: ManagerName;
  /** Whether a lock file says what to install. */
  readonly locked: boolean;
  readonly install: readonly string[];
  readonly audit?: readonly string[];
  /** What told it. */
  readonly evidence: Evidence;
  run(script: string): readonly string[];
}

type ManagerName = 'npm' | 'yarn' | 'pnpm' | 'bun';

const LOCKS: readonly (readonly [file: string, name: ManagerName])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
];

/** By the lock file beside the manifest, else by its `packageManager`, else npm. */
export function chooseManager(json: JsonObject, file: string, repository: Repository): Manager {
  const folder = folderOf(file);
  const declared = typeof json['packageManager'] === 'string' ? json['packageManager'] : '';
  const asked = /^(npm|yarn|pnpm|bun)@(\d+)?/.exec(declared);
  const locks = LOCKS.filter(([name]) => repository.firstOf(folder, [name]) !== undefined);
  const [lock] = locks.filter(([, name]) => asked === null || name === asked[1]).concat(locks);
  const name = lock?.[1] ?? (asked?.[1] as ManagerName | undefined) ?? 'npm';
  const evidence: Evidence =
    lock !== undefined
      ? { file: repository.firstOf(folder, [lock[0]])! }
      : asked !== null
        ? placeOfKey(repository, file, 'packageManager')
        : { file };
  const modern =
    repository.firstOf(folder, ['.yarnrc.yml']) !== undefined ||
    (asked?.[1] === 'yarn' && Number(asked[2] ?? '1') > 1);
  return { name, evidence, locked: lock !== undefined, ...commandsOf(name, lock !== undefined, modern) };
}

function commandsOf(
  name: ManagerName,
  locked: boolean,
  modern: boolean,
): Pick<Manager, 'install' | 'audit' | 'run'> {
  const run = (script: string) => (script === 'test' ? [name, 'test'] : [name, 'run', script]);
  switch (name) {
    case 'npm':
      return {
        install: locked ? ['npm', 'ci'] : ['npm', 'install', '--no-audit', '--no-fund'],
        ...(locked ? { audit: ['npm', 'audit', '--audit-level=high'] } : {}),
        run,
      };
    case 'pnpm':
      return {
        install: locked ? ['pnpm', 'install', '--frozen-lockfile'] : ['pnpm', 'install'],
        ...(locked ? { audit: ['pnpm', 'audit', '--audit-level', 'high'] } : {}),
        run,
      };
    case 'yarn':
      return {
        install: ['yarn', 'install', ...(locked ? [modern ? '--immutable' : '--frozen-lockfile'] : [])],
        ...(locked
          ? {
              audit: modern
                ? ['yarn', 'npm', 'audit', '--severity', 'high']
                : ['yarn', 'audit', '--level', 'high'],
            }
          : {}),
        run: (script) => ['yarn', 'run', script],
      };
    case 'bun':
      // `bun test` is bun's own runner, not the script.
      return {
        install: ['bun', 'install', ...(locked ? ['--frozen-lockfile'] : [])],
        run: (script) => ['bun', 'run', script],
      };
  }
}
