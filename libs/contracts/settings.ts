import { SluiceError } from '#domain/errors.js';
import { suggest } from '#domain/validation/nearest.js';
import { QUEUES, type QueueName } from './names.js';
import type { SettingType } from './setting-type.js';

export type Program = 'start' | 'api' | 'worker' | 'cli';

/** One variable of the environment. */
export interface Setting {
  readonly name: string;
  /** As text; undefined where there is none. */
  readonly default?: string;
  /** Of the value; any text where there is none. Limits stand here, and nowhere else. */
  readonly type?: SettingType;
  readonly meaning: string;
  readonly readBy: readonly Program[];
}

const RATE = { kind: 'whole', min: 1, max: 1_000_000_000 } as const;
const PORT = { kind: 'whole', min: 0, max: 65_535 } as const;

/** What a header can carry, without spaces. */
const VAULT_CREDENTIAL = {
  kind: 'text',
  pattern: /^[\x21-\x7e]{1,4096}$/,
  form: 'visible characters of ASCII, without spaces and line ends',
} as const;

/** Every variable that a process of Sluice reads; the reference in docs is made of it. */
export const SETTINGS = [
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
    name: 'SLUICE_URL',
    meaning:
      'Address of the API that the command line talks to; by default port SLUICE_PORT of this machine.',
    readBy: ['cli'],
  },
  {
    name: 'SLUICE_ACTOR',
    meaning:
      'Name under which the command line asks, for histories and approvals; `--as` goes over it. Only the administrator of this machine may ask as another.',
    readBy: ['cli'],
  },
  {
    name: 'SLUICE_API_KEY',
    meaning:
      "API key or token that the command line shows; else that of `sluice login`, else, for a server of this machine, the administrator's key in SLUICE_HOME.",
    readBy: ['cli'],
  },
  {
    name: 'SLUICE_PROJECT',
    meaning: 'Project that the command line asks about; `--project` goes over it.',
    readBy: ['cli'],
  },
  {
    name: 'SLUICE_HOST',
    default: '127.0.0.1',
    meaning:
      'IP address on which the API listens. One that other machines reach needs SLUICE_AUTH_SECRET; on loopback, requests must name this machine in their Host header.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_AUTH',
    default: 'on',
    type: { kind: 'choice', values: ['on', 'off'] },
    meaning:
      'off: whoever reaches the API without credentials is its administrator; on loopback only, for development.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_AUTH_SECRET',
    type: { kind: 'text', pattern: /^\S{32,1000}$/, form: '32 characters or more' },
    meaning:
      "Secret that signs the tokens of the API, the same for all its processes. Without it, on loopback, one is derived from the administrator's key.",
    readBy: ['api'],
  },
  {
    name: 'SLUICE_TRUSTED_PROXIES',
    type: { kind: 'list' },
    meaning:
      'Addresses and CIDR ranges of proxies before the API, separated by commas: their X-Forwarded-For says whose address a request is counted for.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_OIDC_ISSUER',
    type: { kind: 'url' },
    meaning: 'OIDC issuer whose tokens let people in, as `iss` has it; its keys are found by discovery.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_OIDC_AUDIENCE',
    type: { kind: 'text', pattern: /^\S{1,500}$/, form: 'a name without spaces' },
    meaning: 'What `aud` of these tokens must hold; needed with SLUICE_OIDC_ISSUER.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_OIDC_ROLES_CLAIM',
    default: 'groups',
    type: {
      kind: 'text',
      pattern: /^[^\s.]+(\.[^\s.]+)*$/,
      form: 'a name, with dots where it lies within others',
    },
    meaning: 'Claim of these tokens that holds groups, as a list or as words.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_OIDC_ROLES',
    meaning:
      'What these groups are here, as `ops=*:admin;web-team=web:developer,approver`: group, project (`*`: all) and roles.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_RATE_KEY',
    default: '6000',
    type: RATE,
    meaning: 'Requests a minute that one key, token or person may make of one API process.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_RATE_ADDRESS',
    default: '12000',
    type: RATE,
    meaning: 'Requests a minute that one address may make of one API process.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_RATE_FAILURE',
    default: '60',
    type: RATE,
    meaning: 'Wrong credentials a minute from one address, after which it is refused with 429.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_RATE_TOKEN',
    default: '60',
    type: RATE,
    meaning: 'Tokens a minute that may be made of one key.',
    readBy: ['api'],
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
    name: 'SLUICE_UI_URL',
    type: { kind: 'url' },
    meaning: "Temporal's Web UI, linked from the description of the API.",
    readBy: ['api'],
  },
  {
    name: 'SLUICE_LOG_LEVEL',
    default: 'info',
    type: { kind: 'choice', values: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] },
    meaning: 'Least severe line that is logged: trace, debug, info, warn, error, fatal or silent.',
    readBy: ['api', 'worker'],
  },
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
    name: 'SLUICE_RECONCILE_MS',
    default: '15000',
    type: { kind: 'whole', min: 100, max: 3_600_000 },
    meaning: 'Milliseconds between two looks for runs of which nothing was heard.',
    readBy: ['api'],
  },
  {
    name: 'QUEUES',
    default: 'orchestration,http,command',
    type: { kind: 'list', values: Object.keys(QUEUES) as QueueName[] },
    meaning: 'Task queues that a worker process serves, separated by commas.',
    readBy: ['worker'],
  },
  {
    name: 'SLUICE_POOL',
    type: {
      kind: 'text',
      pattern: /^[a-z][a-z0-9-]{0,99}$/,
      form: 'a name of small letters, digits and hyphens, as pools have them',
    },
    meaning:
      'Worker pool of this process: it serves the steps that name it as their `pool`, and of the queues http and command no others.',
    readBy: ['worker'],
  },
  {
    name: 'SLUICE_WORKER_HOME',
    default: 'worker in SLUICE_HOME',
    type: { kind: 'folder' },
    meaning: "Folder of a worker's workspaces and identity.",
    readBy: ['worker'],
  },
  {
    name: 'SLUICE_INSTANCE',
    meaning: 'Marks the processes of one `npm start`; set by it.',
    readBy: ['start'],
  },
  {
    name: 'SLUICE_HTTP_ALLOW',
    type: { kind: 'list' },
    meaning:
      'Private addresses, CIDR ranges and host names that steps and checks of agents may reach, separated by commas.',
    readBy: ['worker', 'api'],
  },
  {
    name: 'SLUICE_CALLBACK_URL',
    type: { kind: 'url' },
    meaning:
      'Address of the API as agents reach it, who answer there; by default port SLUICE_PORT of this machine.',
    readBy: ['worker'],
  },
  {
    name: 'SLUICE_COMMAND_SLOTS',
    default: '8',
    type: { kind: 'whole', min: 1, max: 1000 },
    meaning: 'Commands that one worker runs at once.',
    readBy: ['worker', 'cli'],
  },
  {
    name: 'SLUICE_COMMAND_ISOLATION',
    default: 'auto',
    type: { kind: 'choice', values: ['auto', 'none', 'bubblewrap'] },
    meaning: 'How commands are kept from the host: bubblewrap, auto (bubblewrap where it works), none.',
    readBy: ['worker', 'cli'],
  },
  {
    name: 'SLUICE_WORKSPACE_RETENTION',
    default: '1h',
    type: { kind: 'duration' },
    meaning: 'How long the workspace of an ended run is kept, as a duration.',
    readBy: ['worker'],
  },
  {
    name: 'SLUICE_OBJECT_RETENTION',
    default: '30d',
    type: { kind: 'duration' },
    meaning: 'How long large values of an ended run are kept, as a duration.',
    readBy: ['worker'],
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
  {
    name: 'SLUICE_ENCRYPTION_KEYS',
    meaning:
      'Keys that hide what Temporal stores, as `id:base64` of 32 bytes each, separated by commas: the first encrypts, all decrypt.',
    readBy: ['api', 'worker'],
  },
  {
    name: 'SLUICE_SECRET_FOLDERS',
    type: { kind: 'list' },
    meaning: 'Folders whose files definitions may name as secrets (`file:/path`), separated by commas.',
    readBy: ['worker', 'cli', 'api'],
  },
  {
    name: 'SLUICE_VAULT_ADDRESS',
    type: { kind: 'url' },
    meaning:
      'Vault in which definitions may name secrets (`vault:mount/path#field`), as https://vault.example.com:8200; http only on this machine.',
    readBy: ['worker', 'api', 'cli'],
  },
  {
    name: 'SLUICE_VAULT_NAMESPACE',
    type: {
      kind: 'text',
      pattern: /^[\w.-]{1,100}(\/[\w.-]{1,100}){0,9}\/?$/,
      form: 'a path such as teams/payments',
    },
    meaning: 'Namespace there; Vault itself knows none, its Enterprise edition does.',
    readBy: ['worker', 'api', 'cli'],
  },
  {
    name: 'SLUICE_VAULT_CA_FILE',
    meaning: 'File (PEM) of the authorities that may vouch for Vault, in place of those that Node trusts.',
    readBy: ['worker', 'api', 'cli'],
  },
  {
    name: 'SLUICE_VAULT_TOKEN',
    type: VAULT_CREDENTIAL,
    meaning: 'Token for Vault. It is renewed while it can be.',
    readBy: ['worker', 'api', 'cli'],
  },
  {
    name: 'SLUICE_VAULT_TOKEN_FILE',
    meaning: 'File that holds the token, read anew for each secret: a Vault agent may keep it.',
    readBy: ['worker', 'api', 'cli'],
  },
  {
    name: 'SLUICE_VAULT_ROLE_ID',
    type: VAULT_CREDENTIAL,
    meaning: 'Role id of an AppRole by which to log in to Vault, in place of a token.',
    readBy: ['worker', 'api', 'cli'],
  },
  {
    name: 'SLUICE_VAULT_ROLE_ID_FILE',
    meaning: 'File that holds the role id.',
    readBy: ['worker', 'api', 'cli'],
  },
  {
    name: 'SLUICE_VAULT_SECRET_ID',
    type: VAULT_CREDENTIAL,
    meaning: 'Secret id of the AppRole.',
    readBy: ['worker', 'api', 'cli'],
  },
  {
    name: 'SLUICE_VAULT_SECRET_ID_FILE',
    meaning: 'File that holds the secret id, read at each login.',
    readBy: ['worker', 'api', 'cli'],
  },
  {
    name: 'SLUICE_VAULT_APPROLE_MOUNT',
    default: 'approle',
    type: { kind: 'text', pattern: /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/, form: 'a path such as approle' },
    meaning: 'Where logins by AppRole are mounted in Vault.',
    readBy: ['worker', 'api', 'cli'],
  },
  {
    name: 'SLUICE_MODEL_URL',
    type: { kind: 'url' },
    meaning:
      'Address of an API that speaks as the one of OpenAI does, up to `/chat/completions`: its model may refine what `sluice generate` writes. Nothing is sent where it is unset.',
    readBy: ['cli'],
  },
  { name: 'SLUICE_MODEL_NAME', meaning: 'Name of the model there.', readBy: ['cli'] },
  { name: 'SLUICE_MODEL_KEY', meaning: 'Key that is sent to it as a bearer token.', readBy: ['cli'] },
] as const satisfies readonly Setting[];

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
