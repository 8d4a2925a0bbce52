/** @import { PipelineState } from 'sluice/contracts/cicd/execution.js' */

/** @type {ReadonlyMap<string, PipelineState>} */
const STATES = new Map([
  ['created', 'queued'],
  ['pending', 'queued'],
  ['running', 'running'],
  ['blocked', 'blocked'],
  ['success', 'succeeded'],
  ['failure', 'failed'],
  ['error', 'failed'],
  ['killed', 'canceled'],
  ['canceled', 'canceled'],
  ['declined', 'canceled'],
  ['skipped', 'skipped'],
]);

/**
 * A word that is not known yet does not end what is watched.
 * @param {string} native
 * @returns {PipelineState}
 */
export function stateOf(native) {
  return STATES.get(native) ?? 'running';
}
