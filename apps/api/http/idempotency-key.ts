import type { ApiRequest } from './exchange.js';
import { problemError } from './problem.js';

export const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,200}$/;

/** Of the header; undefined where there is none. Throws SluiceError `idempotency-key-invalid`. */
export function readIdempotencyKey(request: Pick<ApiRequest, 'headers'>): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key)) {
    throw problemError(
      'idempotency-key-invalid',
      'The Idempotency-Key must be 1 to 200 printable ASCII characters.',
    );
  }
  return key;
}
