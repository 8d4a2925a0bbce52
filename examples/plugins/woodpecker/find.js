import { readExecution } from './pipelines.js';

/** @import { FindRequest, Found } from 'sluice/cicd/platform.js' */
/** @import { Server } from './server.js' */

/** How far the clocks of the server and of whoever sent it may differ. */
const CLOCKS_MS = 60_000;
/** Of pipelines that are looked through; beyond, nothing is sure. */
const MOST_PAGES = 20;

/**
 * By the variable that carries the key: the server takes any, so every start of ours has it, and shows it in its lists.
 * @param {Server} server
 * @param {FindRequest} request
 * @returns {Promise<Found>}
 */
export async function find(server, { project, ref, key, keyInput, since }) {
  const earliest = since - CLOCKS_MS;
  const request = {
    path: '/pipelines',
    query: { event: 'manual', branch: ref, after: new Date(earliest).toISOString() },
    subject: `pipelines of ${project}`,
  };
  /** @type {string | undefined} */
  let cursor;
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const { value, repository, next } = await server.page(project, request, cursor);
    const listed = server.kit.readList(value, 'the pipelines');
    for (const answer of listed) {
      // A pipeline that does another one again has its variables.
      const isRestart = (answer.findNumber('parent') ?? 0) > 0;
      if (isRestart || answer.findObject('variables')?.findText(keyInput) !== key) continue;
      return { outcome: 'found', execution: { ...readExecution(server, answer, repository), key } };
    }
    // Older servers know not all of the filters.
    const last = listed.at(-1);
    const isPast = last !== undefined && (server.findMoment(last, 'created') ?? earliest) < earliest;
    if (next === undefined || isPast) return { outcome: 'absent' };
    cursor = next;
  }
  return { outcome: 'uncertain', candidates: [] };
}
