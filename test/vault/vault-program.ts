import type { Provision } from '../programs/cache.js';
import { buildGoProgram, findGoProgram, type GoProgram } from '../programs/go-program.js';

/** Some 5 minutes and 2 GB of Go's caches on 2 cores. */
const VAULT: GoProgram = {
  title: 'Vault',
  name: 'vault',
  folder: 'test/vault/server',
  sources: ['go.mod', 'main.go'],
  package: '.',
};

/** The server of tests that an earlier build left in the user's cache; undefined where there is none. */
export function findVaultProgram(): string | undefined {
  return findGoProgram(VAULT);
}

/** `npm test -- --with-vault` makes it. Throws where Go is missing or fails. */
export function buildVaultProgram(provision: Provision): Promise<string> {
  return buildGoProgram(VAULT, provision);
}
