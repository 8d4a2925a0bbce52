import type { Setting } from './setting.js';

/** What the API does beside answering. */
export const API_SETTINGS = [
  {
    name: 'SLUICE_HOST',
    default: '127.0.0.1',
    meaning:
      'IP address on which the API listens. One that other machines reach needs SLUICE_AUTH_SECRET; on loopback, requests must name this machine in their Host header.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_UI_URL',
    type: { kind: 'url' },
    meaning: "Temporal's Web UI, linked from the description of the API.",
    readBy: ['api'],
  },
  {
    name: 'SLUICE_STREAMS',
    default: '5000',
    type: { kind: 'whole', min: 1, max: 100_000 },
    meaning: 'Event streams that one process keeps open at most; each needs a file descriptor.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_CALLER_STREAMS',
    default: '1000',
    type: { kind: 'whole', min: 1, max: 100_000 },
    meaning: 'Event streams that one process keeps open at most for one caller.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_WEBHOOK_BODY',
    default: '1048576',
    type: { kind: 'whole', min: 1_024, max: 26_214_400 },
    meaning: 'Bytes that one event of a webhook may have; GitHub sends up to 26214400.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_RECONCILE_MS',
    default: '15000',
    type: { kind: 'whole', min: 100, max: 3_600_000 },
    meaning: 'Milliseconds between two looks for runs of which nothing was heard.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_PLATFORM_CHECK_MS',
    default: '600000',
    type: { kind: 'whole', min: 1_000, max: 86_400_000 },
    meaning: 'Milliseconds between two looks whether an integration works, about.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_PLATFORM_SYNC_MS',
    default: '300000',
    type: { kind: 'whole', min: 1_000, max: 86_400_000 },
    meaning:
      'Milliseconds between two times that a platform is asked for the executions of what an integration watches, about.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_ARCHIVE_FOLDER',
    default: 'archive in SLUICE_HOME',
    type: { kind: 'folder' },
    meaning:
      'Folder of archives, where what is removed by its period of retention is written first. All processes of the API need the same one.',
    readBy: ['api', 'cli'],
  },
  {
    name: 'SLUICE_RETENTION_TIME',
    default: '03:00',
    type: { kind: 'text', pattern: /^([01]\d|2[0-3]):[0-5]\d$/, form: 'a time of day, as 03:00' },
    meaning: 'Time of day, UTC, at which periods of retention are carried out.',
    readBy: ['api'],
  },
] as const satisfies readonly Setting[];
