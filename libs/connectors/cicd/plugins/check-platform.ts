import type { PlatformAuth, PlatformAuthType } from '#contracts/cicd/integration.js';
import type { JsonObject } from '#domain/json.js';
import { compileSchemaOnce } from '#domain/validation/json-schema.js';
import type { Connection } from '../connection.js';
import { CAPABILITIES, type Platform, type PlatformClient } from '../platform.js';

type Fields = Readonly<Record<string, unknown>>;

const AUTH: { readonly [T in PlatformAuthType]: Extract<PlatformAuth, { type: T }> } = {
  token: { type: 'token', secret: 'probe' },
  basic: { type: 'basic', username: 'probe', secret: 'probe' },
  bearer: { type: 'bearer', secret: 'probe' },
  oauth2: {
    type: 'oauth2',
    tokenUrl: 'https://probe.invalid',
    clientId: 'probe',
    secret: 'probe',
    scopes: [],
  },
  'github-app': { type: 'github-app', appId: '1', installationId: '1', secret: 'probe' },
};

/** Whether version 1 has it: of what is added later, its plugins know nothing. */
const METHODS: Readonly<Record<keyof PlatformClient, boolean>> = {
  health: true,
  rateLimit: true,
  projects: true,
  pipelines: true,
  branches: true,
  inputs: true,
  trigger: true,
  find: true,
  executions: true,
  status: true,
  jobs: true,
  steps: true,
  logs: true,
  cancel: true,
  retry: true,
  artifacts: true,
  download: true,
};

/** What a value lacks of a platform, in one phrase each; nothing is sent to find out. */
export function findPlatformProblems(value: unknown): readonly string[] {
  if (!isObject(value)) return ['it is not an object'];
  const problems = [
    ...(isObject(value['description'])
      ? checkDescription(value['description'])
      : ['description is not an object']),
    ...['connect', 'verifyWebhook', 'parseEvent']
      .filter((name) => typeof value[name] !== 'function')
      .map((name) => `${name} is not a function`),
  ];
  return problems.length > 0 ? problems : checkClient(value as unknown as Platform);
}

function checkDescription(description: Fields): readonly string[] {
  const { cloudUrl, auth, permissions, options, names, settleMs, capabilities } = description;
  const isKnown = (type: unknown) => typeof type === 'string' && Object.hasOwn(AUTH, type);
  return [
    ...checkTexts(description, 'description', ['name', 'title']),
    ...demand(
      cloudUrl === undefined || isWebAddress(cloudUrl),
      'cloudUrl is not an address of http or https',
    ),
    ...demand(
      Array.isArray(auth) && auth.length > 0 && auth.every(isKnown),
      `auth is not a list of some of ${Object.keys(AUTH).join(', ')}`,
    ),
    ...demand(Array.isArray(permissions) && permissions.every(isText), 'permissions is not a list of texts'),
    ...demand(
      isObject(options) && compileSchemaOnce(options as JsonObject).ok,
      'options is not a JSON Schema (2020-12)',
    ),
    ...(isObject(names)
      ? checkTexts(names, 'description.names', ['project', 'pipeline'])
      : demand(false, 'names is not an object')),
    ...demand(
      typeof settleMs === 'number' && settleMs >= 0 && Number.isFinite(settleMs),
      'settleMs is not a number from 0',
    ),
    ...(isObject(capabilities)
      ? checkCapabilities(capabilities)
      : demand(false, 'capabilities is not an object')),
  ];
}

function checkCapabilities(capabilities: Fields): readonly string[] {
  const known: readonly string[] = CAPABILITIES;
  return [
    ...known.flatMap((name) =>
      Object.hasOwn(capabilities, name)
        ? checkSupport(name, capabilities[name])
        : [`${CAPABLE} lacks ${name}`],
    ),
    ...Object.keys(capabilities)
      .filter((name) => !known.includes(name))
      .map((name) => `${CAPABLE} has ${JSON.stringify(name.slice(0, 50))}, which is none`),
  ];
}

const CAPABLE = 'description.capabilities';

function checkSupport(name: string, support: unknown): readonly string[] {
  const { supported, note, instead } = isObject(support) ? support : {};
  if (supported === true)
    return note === undefined || isText(note) ? [] : [`the note on ${name} is not a text`];
  if (supported !== false) return [`${CAPABLE}.${name} does not say whether it is supported`];
  return isText(instead) ? [] : [`${CAPABLE}.${name} does not say what to do instead`];
}

function checkTexts(fields: Fields, place: string, names: readonly string[]): readonly string[] {
  return names.filter((name) => !isText(fields[name])).map((name) => `${place}.${name} is not a text`);
}

function demand(holds: boolean, problem: string): readonly string[] {
  return holds ? [] : [`description.${problem}`];
}

/** A client is made without sending anything, so one can be made to look at it. */
function checkClient(platform: Platform): readonly string[] {
  let client: unknown;
  try {
    client = platform.connect(createProbe(platform));
  } catch (error) {
    return [`connect throws: ${error instanceof Error ? error.message.slice(0, 200) : 'something'}`];
  }
  if (!isObject(client)) return ['connect does not return an object'];
  return Object.entries(METHODS)
    .filter(([name, needed]) => needed && typeof client[name] !== 'function')
    .map(([name]) => `the client's ${name} is not a function`);
}

function createProbe({ description }: Platform): Connection {
  const refuse = async () => {
    throw new Error('nothing is sent by connect');
  };
  return {
    baseUrl: 'https://probe.invalid',
    auth: AUTH[description.auth[0]!],
    options: {},
    signal: new AbortController().signal,
    patienceMs: 0,
    resolve: refuse,
    mask: () => undefined,
    hide: (text) => text,
    waits: () => undefined,
    send: refuse,
    stream: refuse,
    memory: new Map(),
  };
}

/** An object of functions and values, an instance of a class too. */
function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= 1_000;
}

function isWebAddress(value: unknown): boolean {
  return typeof value === 'string' && /^https?:$/.test(URL.parse(value)?.protocol ?? '');
}
