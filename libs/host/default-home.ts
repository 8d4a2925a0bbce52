import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';

/**
 * Where data lies unless SLUICE_HOME says otherwise: XDG base directories. Root's data lies with that of the machine's
 * other services, because Postgres cannot run as root and its user cannot enter root's home; a HOME that was set to
 * another folder is obeyed.
 */
export function defaultHome(env: Readonly<Record<string, string | undefined>>): string {
  if (env['XDG_DATA_HOME']) return join(env['XDG_DATA_HOME'], 'sluice');
  const home = env['HOME'] || homedir();
  if (process.getuid?.() === 0 && home === userInfo().homedir) return '/var/lib/sluice';
  return join(home, '.local', 'share', 'sluice');
}
