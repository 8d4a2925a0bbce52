import { conductor } from './conductor/peer.js';
import { dbos } from './dbos/peer.js';
import { openworkflow } from './openworkflow/peer.js';
import type { Peer } from './peer.js';
import { prefect } from './prefect/peer.js';
import { restate } from './restate/peer.js';
import { createSluice } from './sluice/peers.js';
import { createTemporal } from './temporal/peers.js';

/** All peers; figures of the others are shown beside the first's. */
export const PEERS: readonly Peer[] = [
  createSluice('inline', 'Sluice, steps inline in the worker that interprets, as `log/write` goes'),
  createSluice('queued', 'Sluice, every step by a task queue'),
  createTemporal({ name: 'temporal-local', about: 'local activities', workflow: 'runJobLocally' }),
  createTemporal({ name: 'temporal', about: 'activities', workflow: 'runJob' }),
  dbos,
  openworkflow,
  restate,
  prefect,
  conductor,
];
