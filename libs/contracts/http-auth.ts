import type { HttpAuth } from './catalogue/http-request.js';

/**
 * The header that shows a secret: its name in lower case, and its value. `mask` hears of each part of the secret that is one,
 * too. Schemes by RFC 6750 and RFC 7617.
 */
export function createAuthHeader(
  auth: HttpAuth,
  secret: string,
  mask: (secret: string) => void,
): readonly [name: string, value: string] {
  mask(secret);
  const { header = 'authorization', prefix = '', scheme } = auth;
  const value = scheme === undefined ? `${prefix}${secret}` : createCredentials(scheme, secret, mask);
  return [header.toLowerCase(), value];
}

function createCredentials(
  scheme: 'basic' | 'bearer',
  secret: string,
  mask: (secret: string) => void,
): string {
  const parts = readParts(secret);
  if (scheme === 'bearer') {
    const token = typeof parts?.['token'] === 'string' ? parts['token'] : secret;
    mask(token);
    return `Bearer ${token}`;
  }
  const { username, password } = parts ?? {};
  const known = typeof username === 'string' && typeof password === 'string';
  if (known) mask(password);
  const encoded = Buffer.from(known ? `${username}:${password}` : secret).toString('base64');
  mask(encoded);
  return `Basic ${encoded}`;
}

function readParts(secret: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(secret);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
