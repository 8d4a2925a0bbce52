import { execFileSync, spawnSync } from 'node:child_process';
import { SluiceError } from '#domain/errors.js';

/** The operating system's user that Postgres runs as. */
export interface PostgresAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Users that exist already and own nothing of value; none is ever created. */
const CANDIDATES = ['postgres', 'nobody'];

/** Postgres refuses root. Everyone else runs it as himself: the answer is undefined. */
export function choosePostgresAccount(): PostgresAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of CANDIDATES) {
    const uid = askId('-u', name);
    const gid = askId('-g', name);
    if (uid !== undefined && gid !== undefined) return { name, uid, gid };
  }
  throw new SluiceError({
    code: 'postgres-needs-account',
    fault: 'operational',
    message: `Postgres refuses to run as root, and this machine has none of the users ${CANDIDATES.join(', ')}.`,
    hint: 'Run the command as an ordinary user, or set DATABASE_URL to a Postgres of your own.',
  });
}

/** Whether the account (or, without one, this user) can enter the folder. */
export function canEnter(folder: string, account: PostgresAccount | undefined): boolean {
  const answer = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], {
    cwd: '/',
    stdio: 'ignore',
    ...asUser(account),
  });
  return answer.status === 0;
}

/** Spawn options that run a program as the account. */
export function asUser(
  account: PostgresAccount | undefined,
): { uid: number; gid: number } | Record<string, never> {
  return account === undefined ? {} : { uid: account.uid, gid: account.gid };
}

function askId(flag: '-u' | '-g', name: string): number | undefined {
  try {
    return Number(
      execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  } catch {
    return undefined;
  }
}
