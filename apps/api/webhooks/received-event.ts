import type { WebhookEvent, WebhookScheme } from '#contracts/webhooks.js';
import type { Json, JsonObject } from '#domain/json.js';
import { problemError } from '../http/problem.js';
import { decodeBody, parseJson } from '../http/request-body.js';
import { keepHeaders } from './received-headers.js';

type Headers = ReadonlyMap<string, string>;

/** What a sender proved to be its own. */
export interface ReceivedEvent {
  readonly event: WebhookEvent;
  /** Without those that hold secrets, or say whence it came. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
  /** As it came. */
  readonly text: string;
}

/** Media types of events; what they hold is JSON. */
export const EVENT_MEDIA_TYPES = [
  'application/cloudevents+json',
  'application/x-www-form-urlencoded',
] as const;

const MOST_TEXT = 500;

/**
 * Throws SluiceError `body-malformed`, `body-forbidden-key`, `body-too-deep`, `request-invalid`: what is no event is none
 * whoever signed it.
 */
export function readEvent(scheme: WebhookScheme, headers: Headers, bytes: Uint8Array): ReceivedEvent {
  const text = decodeBody(bytes);
  const { body, event } = parseEvent(headers, text);
  const named = nameEvent(scheme, headers, body);
  const read = {
    id: event?.id ?? named.id,
    type: event?.type ?? named.type,
    source: event?.source ?? '',
    subject: event?.subject ?? '',
  };
  for (const [field, value] of Object.entries(read)) requireText(field, value);
  return {
    event: read,
    headers: keepHeaders(headers, scheme.type === 'hmac' ? scheme.header : undefined),
    body,
    text,
  };
}

/** The body of an event that was kept. */
export function readBody(headers: Readonly<Record<string, string>>, text: string): Json {
  return parseEvent(new Map(Object.entries(headers)), text).body;
}

interface ParsedEvent {
  readonly body: Json;
  /** Of a CloudEvent. */
  readonly event?: WebhookEvent;
}

function parseEvent(headers: Headers, text: string): ParsedEvent {
  const type = (headers.get('content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded') return { body: parseJson(readPayload(text)) };
  const value = parseJson(text);
  if (type === 'application/cloudevents+json') return readStructured(value);
  return headers.has('ce-specversion') ? { body: value, event: readBinary(headers) } : { body: value };
}

/** The form in which GitHub sends JSON if it is told to. */
function readPayload(text: string): string {
  const payloads = new URLSearchParams(text).getAll('payload');
  if (payloads.length === 1) return payloads[0]!;
  throw invalid('payload', 'must be the one field of the form that holds the event');
}

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
function readStructured(value: Json): ParsedEvent {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('', 'must be a CloudEvent');
  }
  const members = value as JsonObject;
  const event = readAttributes((name) => (Object.hasOwn(members, name) ? members[name] : undefined));
  return { body: members['data'] ?? members['data_base64'] ?? null, event };
}

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#31-binary-content-mode */
function readBinary(headers: Headers): WebhookEvent {
  return readAttributes((name) => {
    const value = headers.get(`ce-${name}`);
    try {
      return value === undefined ? undefined : decodeURIComponent(value);
    } catch {
      throw invalid(`ce-${name}`, 'must be percent-encoded');
    }
  });
}

function readAttributes(read: (name: string) => Json | undefined): WebhookEvent {
  const text = (name: string, needed: boolean): string => {
    const value = read(name) ?? '';
    if (typeof value === 'string' && (value !== '' || !needed)) return value;
    throw invalid(name, 'must be a text: a CloudEvent has it');
  };
  if (text('specversion', true) !== '1.0') throw invalid('specversion', 'must be 1.0');
  return {
    id: text('id', true),
    type: text('type', true),
    source: text('source', true),
    subject: text('subject', false),
  };
}

function nameEvent(scheme: WebhookScheme, headers: Headers, body: Json): Pick<WebhookEvent, 'id' | 'type'> {
  const header = (...names: (string | undefined)[]) =>
    names.map((name) => headers.get(name ?? '')).find((value) => value !== undefined) ?? '';
  switch (scheme.type) {
    case 'github':
      return { id: header('x-github-delivery'), type: header('x-github-event') };
    case 'gitlab':
      return {
        id: header('webhook-id', 'idempotency-key', 'x-gitlab-event-uuid'),
        type: header('x-gitlab-event'),
      };
    case 'standard-webhooks':
      return { id: header('webhook-id'), type: typeOf(body) };
    case 'hmac':
      return {
        id: header(scheme.idHeader),
        type: scheme.typeHeader === undefined ? typeOf(body) : header(scheme.typeHeader),
      };
  }
}

/** Where Standard Webhooks suggest to name it. */
function typeOf(body: Json): string {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return '';
  const { type } = body as JsonObject;
  return typeof type === 'string' && isText(type) ? type : '';
}

function requireText(field: string, value: string): void {
  if (!isText(value))
    throw invalid(field, `must be ${MOST_TEXT} characters at most, none of them a control character`);
}

function isText(value: string): boolean {
  return value.length <= MOST_TEXT && !/\p{Cc}/u.test(value);
}

function invalid(path: string, message: string): Error {
  const errors = [{ path, message }];
  return problemError('request-invalid', `The event is not valid: ${path === '' ? 'it' : path} ${message}.`, {
    errors,
  });
}
