import type { Setting } from './setting.js';

/** How the database is used. */
export const DATABASE_SETTINGS = [
  {
    name: 'SLUICE_DATABASE_POOL',
    default: '10',
    type: { kind: 'whole', min: 1, max: 500 },
    meaning: 'Connections to Postgres that one process opens at most.',
    readBy: ['api', 'worker'],
  },
  {
    name: 'SLUICE_DATABASE_CONNECT',
    default: '5s',
    type: { kind: 'duration' },
    meaning: 'How long opening a connection to Postgres may take, as a duration.',
    readBy: ['api', 'worker'],
  },
  {
    name: 'SLUICE_DATABASE_IDLE',
    default: '10s',
    type: { kind: 'duration' },
    meaning: 'How long a connection that nobody uses is kept, as a duration.',
    readBy: ['api', 'worker'],
  },
  {
    name: 'SLUICE_DATABASE_STATEMENT',
    default: '30s',
    type: { kind: 'duration' },
    meaning:
      'How long a statement of the API may run, as a duration; 0s is as long as it likes. Migrations may.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_DATABASE_LOCK',
    default: '10s',
    type: { kind: 'duration' },
    meaning:
      'How long a statement of the API may wait for what another transaction holds, as a duration; 0s is as long as it likes.',
    readBy: ['api'],
  },
  {
    name: 'DATABASE_REPLICA_URL',
    type: {
      kind: 'text',
      pattern: /^postgres(ql)?:\/\/\S+$/,
      form: 'postgres://user:password@host:port/database',
    },
    meaning:
      'A standby of the database, from which the API reads lists and statistics. While it is away or too far behind, they are read from the database itself.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_REPLICA_LAG',
    default: '10s',
    type: { kind: 'duration' },
    meaning: 'How far behind the standby may be, as a duration.',
    readBy: ['api'],
  },
] as const satisfies readonly Setting[];
