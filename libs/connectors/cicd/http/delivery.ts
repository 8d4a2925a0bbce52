import { createHash } from 'node:crypto';
import { isSluiceError } from '#domain/errors.js';
import type { SignedRequest } from '../../webhooks/verify-signature.js';
import { Answer } from './answer.js';
import { createEventInvalid } from './pipeline-failure.js';

const MOST_ID = 200;

/** Reads the JSON of a delivery. Throws SluiceError `platform-event-invalid` for what `read` does not find in it. */
export function readDelivery<T>(title: string, { body }: SignedRequest, read: (event: Answer) => T): T {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw createEventInvalid(title, 'it is not JSON');
  }
  try {
    return read(new Answer(value, 'the event'));
  } catch (error) {
    if (!isSluiceError(error) || error.code !== 'platform-answer-invalid') throw error;
    throw createEventInvalid(title, error.message.replace(/^[^:]*: /, '').replace(/\.$/, ''));
  }
}

/** The name of a delivery: the sender's own, or the digest of what it holds. */
export function nameDelivery({ body }: SignedRequest, id?: string): string {
  return id !== undefined && id !== '' && id.length <= MOST_ID
    ? id
    : createHash('sha256').update(body).digest('hex');
}
