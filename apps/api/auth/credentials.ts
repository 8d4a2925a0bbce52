import type { SluiceError } from '#domain/errors.js';
import type { ApiRequest } from '../http/exchange.js';
import { problemError } from '../http/problem.js';

/** Tokens of large issuers with many groups come near to it. */
const MAX_LENGTH = 8_192;
/** RFC 6750, 2.1: what a bearer token is made of. */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/**
 * The one bearer token of the request; undefined where it has no credentials. Throws SluiceError `credentials-invalid`
 * for those that cannot be read, and for several: which of them counts is nothing to guess at.
 */
export function readCredentials(request: Pick<ApiRequest, 'raw'>): string | undefined {
  const { rawHeaders } = request.raw;
  const given: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]!.toLowerCase() === 'authorization') given.push(rawHeaders[at + 1]!.trim());
  }
  if (given.length === 0) return undefined;
  if (given.length > 1) throw credentialsError('The request has several Authorization headers.');
  if (given[0]!.length > MAX_LENGTH) throw credentialsError('The Authorization header is too long.');
  const token = BEARER.exec(given[0]!)?.[1];
  if (token === undefined)
    throw credentialsError('The Authorization header must be `Bearer <key or token>`.');
  return token;
}

/** Says no more of why than its sender may know. */
export function credentialsError(message: string): SluiceError {
  return problemError('credentials-invalid', message);
}
