import type { Setting } from './setting.js';

const PORT = { kind: 'whole', min: 0, max: 65_535 } as const;

/** Servers that all programs use, and where `npm start` puts its own. */
export const SERVERS_SETTINGS = [
  {
    name: 'DATABASE_URL',
    type: {
      kind: 'text',
      pattern: /^postgres(ql)?:\/\/\S+$/,
      form: 'postgres://user:password@host:port/database',
    },
    meaning: 'Postgres, as postgres://user:password@host:port/database. `npm start` provides one when unset.',
    readBy: ['start', 'api', 'worker'],
  },
  {
    name: 'TEMPORAL_ADDRESS',
    default: '127.0.0.1:7233',
    type: {
      kind: 'text',
      pattern: /^[^\s:/]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/i,
      form: 'host:port',
    },
    meaning: "Temporal's frontend, host:port. `npm start` provides one when unset.",
    readBy: ['start', 'api', 'worker'],
  },
  {
    name: 'TEMPORAL_NAMESPACE',
    default: 'default',
    type: { kind: 'text', pattern: /^\S+$/, form: 'a name without spaces' },
    meaning: "Temporal's namespace.",
    readBy: ['start', 'api', 'worker'],
  },
  {
    name: 'TEMPORAL_UI_URL',
    type: { kind: 'url' },
    meaning: 'Web UI of the Temporal server that TEMPORAL_ADDRESS names.',
    readBy: ['start'],
  },
  { name: 'TEMPORAL_CLI', meaning: 'Path of the `temporal` program to use as server.', readBy: ['start'] },
  {
    name: 'SLUICE_HOME',
    default: "the user's data directory",
    type: { kind: 'folder' },
    meaning: "Folder that holds all data of `npm start`, and the administrator's key (`admin.key`).",
    readBy: ['start', 'api', 'worker', 'cli'],
  },
  {
    name: 'SLUICE_PORT',
    default: '3000',
    type: PORT,
    meaning: 'Port of the API.',
    readBy: ['start', 'api', 'cli', 'worker'],
  },
  {
    name: 'SLUICE_TEMPORAL_PORT',
    default: '7233',
    type: PORT,
    meaning: "Port of our Temporal's frontend.",
    readBy: ['start'],
  },
  {
    name: 'SLUICE_UI_PORT',
    default: '8233',
    type: PORT,
    meaning: "Port of our Temporal's Web UI.",
    readBy: ['start'],
  },
  {
    name: 'SLUICE_INSTANCE',
    meaning: 'Marks the processes of one `npm start`; set by it.',
    readBy: ['start'],
  },
] as const satisfies readonly Setting[];
