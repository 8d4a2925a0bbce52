import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN_KEY_FILE } from '#contracts/rest/api-keys.js';

/** The key that the API made at its first start; undefined where there is none. */
export function readAdminKey(home: string): string | undefined {
  try {
    return readFileSync(join(home, ADMIN_KEY_FILE), 'utf8').trim();
  } catch {
    return undefined;
  }
}
