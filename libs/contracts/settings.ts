import { SluiceError } from '#domain/errors.js';
import { suggest } from '#domain/validation/nearest.js';
import { ACCESS_SETTINGS } from './settings/access.js';
import { API_SETTINGS } from './settings/api.js';
import { COMMAND_LINE_SETTINGS } from './settings/command-line.js';
import { DATABASE_SETTINGS } from './settings/database.js';
import { SECRETS_SETTINGS } from './settings/secrets.js';
import { SERVERS_SETTINGS } from './settings/servers.js';
import { TELEMETRY_SETTINGS } from './settings/telemetry.js';
import { WORKERS_SETTINGS } from './settings/workers.js';

export type { Program, Setting } from './settings/setting.js';

/** Every variable that a process of Sluice reads; the reference in docs is made of it. */
export const SETTINGS = [
  ...SERVERS_SETTINGS,
  ...ACCESS_SETTINGS,
  ...DATABASE_SETTINGS,
  ...API_SETTINGS,
  ...WORKERS_SETTINGS,
  ...SECRETS_SETTINGS,
  ...TELEMETRY_SETTINGS,
  ...COMMAND_LINE_SETTINGS,
] as const;

export type SettingName = (typeof SETTINGS)[number]['name'];

/** Values of secrets that definitions name as `env:NAME`. */
const SECRET_PREFIX = 'SLUICE_SECRET_';

/**
 * Throws SluiceError `setting-unknown` where a variable that starts with SLUICE_ is none of ours: a slip of the pen
 * would else leave a default in force, silently.
 */
export function refuseUnknownSettings(env: Readonly<Record<string, string | undefined>>): void {
  const known = SETTINGS.map((setting): string => setting.name).filter((name) => name.startsWith('SLUICE_'));
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith('SLUICE_') && !name.startsWith(SECRET_PREFIX) && !known.includes(name),
  );
  if (unknown.length === 0) return;
  throw new SluiceError({
    code: 'setting-unknown',
    fault: 'user',
    message: `Unknown setting: ${unknown.map((name) => `${name} (${suggest(name, known, 'nothing like it is known')})`).join(', ')}.`,
    hint: `Unset it, or use one of ${known.join(', ')}.`,
  });
}
