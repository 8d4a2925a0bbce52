import type { ClaimsStore } from '#contracts/ports.js';
import type { ClaimsRelease } from '#contracts/run.js';

/** Gives back what a step holds, or takes back what it asks for; may be repeated. */
export function createReleaseClaims(store: ClaimsStore) {
  return (release: ClaimsRelease): Promise<void> => store.release(release);
}
