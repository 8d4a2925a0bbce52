import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '#domain/errors.js';
import { canEnter, type PostgresAccount } from './postgres-account.js';

/** Where root keeps what another user must reach, when the data home is out of that user's reach. */
const PLACE_OF_ROOT = '/var/lib/sluice';

/**
 * The folder of everything that belongs to Postgres, `<home>/postgres`. Root runs Postgres as another user, who must be
 * able to reach it: a data home that is closed to others is opened for passing through (not for reading); where a folder
 * above it is closed, `<home>/postgres` becomes a link to a folder under /var/lib/sluice.
 */
export function providePlace(
  home: string,
  account: PostgresAccount | undefined,
  onProgress: (message: string) => void,
): string {
  const place = join(home, 'postgres');
  mkdirSync(home, { recursive: true });
  if (!existsSync(place)) {
    rmSync(place, { force: true });
    makePlace(home, place, account, onProgress);
  }
  const real = realpathSync(place);
  if (canEnter(real, account)) return real;
  throw new SluiceError({
    code: 'postgres-place-unreachable',
    fault: 'operational',
    message: `Postgres runs as the user ${account?.name ?? 'that you are'}, who cannot reach ${real}.`,
    hint: 'Set SLUICE_HOME to a folder that other users may pass through, or DATABASE_URL to a Postgres of your own.',
  });
}

function makePlace(
  home: string,
  place: string,
  account: PostgresAccount | undefined,
  onProgress: (message: string) => void,
): void {
  if (account !== undefined && !canEnter(home, account)) {
    chmodSync(home, statSync(home).mode | 0o011);
    if (!canEnter(home, account)) {
      const elsewhere = join(PLACE_OF_ROOT, `postgres-${randomBytes(6).toString('hex')}`);
      onProgress(
        `The user ${account.name}, as whom Postgres runs, cannot reach ${home}; its files are in ${elsewhere}`,
      );
      mkdirSync(elsewhere, { recursive: true, mode: 0o711 });
      symlinkSync(elsewhere, place);
      return;
    }
  }
  mkdirSync(place, { mode: 0o711 });
}

/** The account that owns a database made earlier: it may be another one than would be chosen today. */
export function ownerOf(data: string, account: PostgresAccount | undefined): PostgresAccount | undefined {
  if (!existsSync(data)) return account;
  const { uid, gid } = statSync(data);
  const own = account?.uid ?? process.getuid?.();
  if (own === undefined || uid === own) return account;
  if (process.getuid?.() === 0 && uid !== 0) return { name: `number ${uid}`, uid, gid };
  throw new SluiceError({
    code: 'postgres-data-of-another-user',
    fault: 'operational',
    message: `The database in ${data} belongs to another user (number ${uid}).`,
    hint: 'Set SLUICE_HOME to a folder of your own.',
  });
}

/** Makes a file or folder the account's own. */
export function giveTo(path: string, account: PostgresAccount | undefined): void {
  if (account !== undefined) chownSync(path, account.uid, account.gid);
}
