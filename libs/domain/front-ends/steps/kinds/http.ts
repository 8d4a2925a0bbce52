import { entriesOf, isList, isMap, isScalar, itemsOf, type Spot } from '../../../definition/tree.js';
import type { Json, JsonObject } from '../../../json.js';
import { writeDuration } from '../durations.js';
import { convertText, convertValue } from '../expressions/convert.js';
import type { Scope } from '../expressions/scope.js';
import { asMap, keyOf, normalizeKey, textOf } from '../keys.js';
import type { KindInput, ReadKind } from './kind.js';

const URLS = ['url', 'uri', 'endpoint', 'webhookurl', 'webhook', 'href', 'address', 'hookurl'];
const BODIES = ['body', 'payload', 'data', 'json', 'requestbody', 'content', 'postdata'];
const STATUSES = [
  'expectedstatus',
  'expectedstatuses',
  'expectedstatuscode',
  'expectedstatuscodes',
  'successstatus',
  'successstatuses',
  'successstatuscodes',
  'successcodes',
  'validstatus',
  'validstatuses',
  'okstatus',
  'statuscodes',
  'acceptedstatus',
  'expectstatus',
  'status',
];

const LONGEST_EXCHANGE = 600_000;

export function saysHttp({ keys }: Pick<KindInput, 'keys'>): boolean {
  return keys.has(...URLS);
}

/** Sends a request. */
export const readHttp: ReadKind = (input) => readRequest(input, 'GET');

/** Tells somebody by a request; what it carries is the body. */
export const readWebhook: ReadKind = (input) => readRequest(input, 'POST');

function readRequest({ keys, source, document, scope, timeout, locals }: KindInput, fallback: string) {
  const { conversion } = document;
  source.output = 'http';
  const url = keys.take(...URLS);
  const parts = { base: keys.take('baseurl', 'host'), path: keys.take('path', 'route') };
  const method = keys.take('method', 'verb', 'httpmethod');
  const headers = keys.take('headers', 'header', 'httpheaders');
  const query = keys.take('query', 'queryparams', 'queryparameters', 'searchparams', 'querystring', 'params');
  const body = keys.take(...BODIES);
  const status = keys.take(...STATUSES);
  const auth = keys.take('auth', 'authentication', 'authorization');
  const contentType = keys.take('contenttype', 'mediatype');
  for (const spot of keys.rest()) if (isScalar(spot)) locals.set(keyOf(spot), spot);
  if (url === undefined && parts.base === undefined) {
    conversion.refuse(
      'steps-kind-unknown',
      source.spot,
      'The step sends a request and does not say where to.',
      'Write `url: https://…`; to wait for a call from outside, `type: wait` with `event`.',
    );
    return undefined;
  }
  return (): JsonObject | undefined => {
    const at = scope(url ?? parts.base);
    const written =
      url === undefined
        ? `${(textOf(parts.base) ?? '').replace(/\/$/, '')}${textOf(parts.path) ?? ''}`
        : `${textOf(url) ?? ''}${textOf(parts.path) ?? ''}`;
    const address = convertText(written, at);
    const verb = (textOf(method) ?? (body === undefined ? fallback : 'POST')).toUpperCase();
    const head = readHeaders(headers, contentType, at);
    const secret = auth === undefined ? head?.auth : readAuth(auth, at);
    const parameters = query && convertValue(query, { ...at, spot: query });
    const content = body && convertValue(body, { ...at, spot: body });
    const successStatus = status && readStatuses(status, at);
    if (address === undefined || head === undefined) return undefined;
    return {
      uses: 'http/request',
      with: {
        url: address,
        ...(verb === 'GET' ? {} : { method: verb }),
        ...(Object.keys(head.headers).length === 0 ? {} : { headers: head.headers }),
        ...(parameters === undefined ? {} : { query: parameters }),
        ...(content === undefined ? {} : { body: content }),
        ...(successStatus === undefined ? {} : { successStatus }),
        ...(secret === undefined ? {} : { auth: secret }),
        ...(timeout === undefined ? {} : { timeout: writeDuration(Math.min(timeout, LONGEST_EXCHANGE)) }),
      },
    };
  };
}

const SECRET = /^(.*?)(?:\$\{\{|\{\{|\$\{)\s*(?:secrets?|vault)\.([A-Za-z_][A-Za-z0-9_]*)\s*\}{1,2}\s*$/;

interface Headers {
  readonly headers: Record<string, Json>;
  readonly auth?: JsonObject;
}

function readHeaders(
  spot: Spot | undefined,
  contentType: Spot | undefined,
  scope: Scope,
): Headers | undefined {
  const headers: Record<string, Json> =
    contentType === undefined ? {} : { 'content-type': textOf(contentType) ?? '' };
  let auth: JsonObject | undefined;
  for (const [name, value] of headerEntries(spot, scope)) {
    const text = textOf(value) ?? '';
    const [, prefix, secret] = SECRET.exec(text) ?? [];
    if (secret !== undefined && auth === undefined) {
      auth = {
        ...(/^authorization$/i.test(name) ? {} : { header: name }),
        secret: `env:SLUICE_SECRET_${secret.toUpperCase()}`,
        ...(prefix === '' ? {} : { prefix: prefix! }),
      };
      continue;
    }
    const converted = convertText(text, { ...scope, spot: value });
    if (converted === undefined) return undefined;
    headers[name] = converted;
  }
  return { headers, ...(auth === undefined ? {} : { auth }) };
}

/** A map, a list of `Name: value`, or of `{ name, value }`. */
function headerEntries(spot: Spot | undefined, scope: Scope): readonly (readonly [string, Spot])[] {
  if (spot === undefined) return [];
  if (isMap(spot)) return entriesOf(spot);
  return (isList(spot) ? itemsOf(spot) : [spot]).flatMap((item) => {
    const members = isMap(item) ? new Map(entriesOf(item)) : undefined;
    const value = members?.get('value');
    const name = textOf(members?.get('name') ?? members?.get('key'));
    if (value !== undefined && name !== undefined) return [[name, value] as const];
    const [, written, text] = /^\s*([^:\s]+)\s*:\s*(.*)$/.exec(textOf(item) ?? '') ?? [];
    if (written !== undefined) {
      const { position } = item.node;
      return [[written, { ...item, node: { kind: 'scalar', value: text!, position } } as Spot] as const];
    }
    scope.conversion.refuse(
      'steps-value-unknown',
      item,
      'This is no header.',
      'Write `{ Name: value }`, or `{ name, value }`.',
    );
    return [];
  });
}

/** `{ type: bearer, token: "${secrets.TOKEN}" }`, or the token alone. */
function readAuth(spot: Spot, scope: Scope): JsonObject | undefined {
  const members = new Map(
    (asMap(spot) === undefined ? [] : entriesOf(asMap(spot)!)).map(([key, value]) => [
      normalizeKey(key),
      value,
    ]),
  );
  const type = (textOf(members.get('type') ?? members.get('scheme')) ?? 'bearer').toLowerCase();
  const value =
    members.get('token') ??
    members.get('secret') ??
    members.get('value') ??
    members.get('key') ??
    members.get('apikey') ??
    (isScalar(spot) ? spot : undefined);
  const text = textOf(value) ?? '';
  const secret =
    SECRET.exec(text)?.[2] ??
    /^(?:env:|secrets?[.:/])([A-Za-z_][A-Za-z0-9_]*)$/.exec(text)?.[1] ??
    textOf(members.get('secretname') ?? members.get('tokenenv') ?? members.get('secretref'));
  if (secret !== undefined && /^(bearer|token|apikey|api_key|api-key|header|oauth2?)$/.test(type)) {
    const header = textOf(members.get('header') ?? members.get('headername') ?? members.get('in'));
    return {
      ...(header === undefined || /^(authorization|header)$/i.test(header)
        ? /api/.test(type) && header === undefined
          ? { header: 'X-API-Key' }
          : {}
        : { header }),
      secret: `env:SLUICE_SECRET_${secret.replace(/^SLUICE_SECRET_/, '').toUpperCase()}`,
      ...(/bearer|oauth/.test(type) ? { prefix: 'Bearer ' } : {}),
    };
  }
  scope.conversion.refuse(
    'steps-not-kept',
    spot,
    'This way to say who asks cannot be kept: it is no bearer token or API key out of a secret.',
    'Write `auth: { type: bearer, token: "${secrets.TOKEN}" }`.',
  );
  return undefined;
}

function readStatuses(spot: Spot, { conversion }: Scope): Json[] | undefined {
  const items = isList(spot)
    ? itemsOf(spot).map(textOf)
    : (textOf(spot) ?? '').split(',').map((each) => each.trim());
  const statuses = items.map((text) =>
    /^[1-5]\d\d$/.test(text ?? '')
      ? Number(text)
      : /^[1-5]xx$/i.test(text ?? '')
        ? text!.toLowerCase()
        : undefined,
  );
  if (!statuses.includes(undefined)) return statuses as Json[];
  conversion.refuse(
    'steps-value-unknown',
    spot,
    'These are no statuses of HTTP.',
    'Write `expectedStatus: [200, 201]` or `2xx`.',
  );
  return undefined;
}
