import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { HmacScheme, WebhookScheme } from '#contracts/webhooks.js';

/** What was sent, with each header once, by its name in lower case. */
export interface SignedRequest {
  readonly headers: ReadonlyMap<string, string>;
  /** The exact bytes. */
  readonly body: Uint8Array;
}

export type Verdict =
  /** `content`: digest of what the sender signed, by which a copy is told; absent where nothing is signed. */
  | { readonly valid: true; readonly content: string | undefined }
  | {
      readonly valid: false;
      readonly reason: 'signature-missing' | 'signature-wrong' | 'timestamp-untimely';
    };

/** A signature that a sender says is over `signed`. */
interface Claim {
  readonly signed: Uint8Array;
  readonly algorithm: 'sha256' | 'sha512';
  /** Those that were sent: one that fits is enough. */
  readonly signatures: readonly Uint8Array[];
  /** When it was sent, in milliseconds since the epoch; undefined where the scheme does not say. */
  readonly sentAt: number | undefined;
  readonly toleranceS: number;
  keyOf(secret: string): Uint8Array;
}

/** Signatures and secrets that are compared at most. */
const MOST = 10;
const GITLAB_TOLERANCE_S = 300;
const STANDARD_PREFIX = 'whsec_';

/** Whether one of the secrets signed it, compared in constant time, and not too long ago. */
export function verifySignature(
  scheme: WebhookScheme,
  request: SignedRequest,
  secrets: readonly string[],
  now: number,
): Verdict {
  if (scheme.type === 'gitlab' && !scheme.signedEvents) return verifyToken(request, secrets);
  const claim = readClaim(scheme, request);
  if (claim === undefined) return { valid: false, reason: 'signature-missing' };
  const fitting = secrets.map((secret) => isSignedBy(claim, secret)).includes(true);
  if (!fitting) return { valid: false, reason: 'signature-wrong' };
  const { sentAt, toleranceS } = claim;
  if (sentAt !== undefined && Math.abs(now - sentAt) > toleranceS * 1_000) {
    return { valid: false, reason: 'timestamp-untimely' };
  }
  return { valid: true, content: createHash('sha256').update(claim.signed).digest('hex') };
}

/** Whether a key can be made of it. */
export function isSecretOf(scheme: WebhookScheme, secret: string): boolean {
  if (secret === '') return false;
  return isStandard(scheme) ? standardKeyOf(secret).length > 0 : true;
}

/** Whether secrets have the form of Standard Webhooks: `whsec_` and base64. */
export function isStandard(scheme: WebhookScheme): boolean {
  return scheme.type === 'standard-webhooks' || (scheme.type === 'gitlab' && scheme.signedEvents);
}

/** Of equal length whatever was sent, so that the comparison tells nothing of the secret. */
function verifyToken({ headers }: SignedRequest, secrets: readonly string[]): Verdict {
  const token = headers.get('x-gitlab-token');
  if (token === undefined) return { valid: false, reason: 'signature-missing' };
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const fitting = secrets.map((secret) => timingSafeEqual(digest(secret), digest(token))).includes(true);
  return fitting ? { valid: true, content: undefined } : { valid: false, reason: 'signature-wrong' };
}

function isSignedBy({ algorithm, signed, signatures, keyOf }: Claim, secret: string): boolean {
  const expected = createHmac(algorithm, keyOf(secret)).update(signed).digest();
  const fits = (signature: Uint8Array) =>
    signature.length === expected.length && timingSafeEqual(signature, expected);
  return signatures.map(fits).includes(true);
}

function readClaim(scheme: WebhookScheme, request: SignedRequest): Claim | undefined {
  switch (scheme.type) {
    case 'github':
      return readHmac(GITHUB, request);
    case 'hmac':
      return readHmac(scheme, request);
    case 'gitlab':
      return readStandard(GITLAB_TOLERANCE_S, request);
    case 'standard-webhooks':
      return readStandard(scheme.toleranceS, request);
  }
}

const GITHUB: HmacScheme = {
  type: 'hmac',
  header: 'x-hub-signature-256',
  algorithm: 'sha256',
  encoding: 'hex',
  prefix: 'sha256=',
  signed: '{body}',
  toleranceS: 0,
};

function readHmac(scheme: HmacScheme, { headers, body }: SignedRequest): Claim | undefined {
  const { prefix, encoding, algorithm, toleranceS } = scheme;
  const timed = scheme.timestampHeader !== undefined;
  const timestamp = headers.get(scheme.timestampHeader ?? '') ?? '';
  const sentAt = timed ? readMoment(timestamp) : undefined;
  if (timed && sentAt === undefined) return undefined;
  const signatures = (headers.get(scheme.header) ?? '')
    .split(',', MOST)
    .map((part) => part.trim())
    .filter((part) => part.startsWith(prefix))
    .flatMap((part) => decode(part.slice(prefix.length), encoding));
  if (signatures.length === 0) return undefined;
  const [before = '', after = ''] = scheme.signed.replaceAll('{timestamp}', () => timestamp).split('{body}');
  const signed = Buffer.concat([Buffer.from(before), body, Buffer.from(after)]);
  return { signed, algorithm, signatures, sentAt, toleranceS, keyOf: (secret) => Buffer.from(secret) };
}

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
function readStandard(toleranceS: number, { headers, body }: SignedRequest): Claim | undefined {
  const id = headers.get('webhook-id');
  const timestamp = headers.get('webhook-timestamp');
  const sentAt = /^\d{1,12}$/.test(timestamp ?? '') ? Number(timestamp) * 1_000 : undefined;
  const signatures = (headers.get('webhook-signature') ?? '')
    .split(' ', MOST)
    .filter((part) => part.startsWith('v1,'))
    .flatMap((part) => decode(part.slice('v1,'.length), 'base64'));
  // An id with a point in it would leave open where it ends.
  if (id === undefined || id.includes('.') || sentAt === undefined || signatures.length === 0)
    return undefined;
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  return { signed, algorithm: 'sha256', signatures, sentAt, toleranceS, keyOf: standardKeyOf };
}

function standardKeyOf(secret: string): Uint8Array {
  const encoded = secret.startsWith(STANDARD_PREFIX) ? secret.slice(STANDARD_PREFIX.length) : secret;
  return decode(encoded, 'base64')[0] ?? new Uint8Array();
}

/** Nothing for what is not written so, from its first to its last character. */
function decode(text: string, encoding: 'hex' | 'base64'): [Uint8Array] | [] {
  const form = encoding === 'hex' ? /^([0-9a-f]{2})+$/i : /^[A-Za-z0-9+/]+={0,2}$/;
  return form.test(text) ? [Buffer.from(text, encoding)] : [];
}

/** Seconds, or milliseconds where it is too large for them. */
function readMoment(timestamp: string): number | undefined {
  if (!/^\d{1,15}$/.test(timestamp)) return undefined;
  const moment = Number(timestamp);
  return moment < 1e11 ? moment * 1_000 : moment;
}
