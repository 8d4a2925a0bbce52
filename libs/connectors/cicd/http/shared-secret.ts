import { createHash, timingSafeEqual } from 'node:crypto';
import type { SignedRequest, Verdict } from '../../webhooks/verify-signature.js';

/** Header in which senders that can set one put the secret. */
const HEADER = 'x-sluice-token';

/**
 * Of platforms that sign nothing: whether the sender knows one of the secrets. It stands in `X-Sluice-Token`, in
 * `Authorization` as Bearer, or there as the password of Basic with any name; compared in constant time.
 */
export function verifySharedSecret({ headers }: SignedRequest, secrets: readonly string[]): Verdict {
  const given = headers.get(HEADER) ?? readAuthorization(headers.get('authorization') ?? '');
  if (given === undefined || given === '') return { valid: false, reason: 'signature-missing' };
  const fitting = secrets
    .filter((secret) => secret !== '')
    .map((secret) => timingSafeEqual(digest(secret), digest(given)))
    .includes(true);
  return fitting ? { valid: true, content: undefined } : { valid: false, reason: 'signature-wrong' };
}

function readAuthorization(value: string): string | undefined {
  const [, scheme = '', credentials = ''] = /^(bearer|basic) +(\S+)$/i.exec(value) ?? [];
  if (scheme === '') return undefined;
  if (scheme.toLowerCase() === 'bearer') return credentials;
  const decoded = Buffer.from(credentials, 'base64').toString('utf8');
  return decoded.includes(':') ? decoded.slice(decoded.indexOf(':') + 1) : undefined;
}

/** Of equal length whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
