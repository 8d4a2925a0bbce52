import { createHash } from 'node:crypto';
import { isSluiceError } from '#domain/errors.js';
import type { SignedRequest } from '../../webhooks/verify-signature.js';
import { Answer } from './answer.js';
import { createEventInvalid } from './pipeline-failure.js';

/** Reads the JSON of a delivery. Throws SluiceError `platform-event-invalid` for what `read` does not find in it. */
export function readDelivered<T>(title: string, { body }: SignedRequest, read: (event: Answer) => T): T {
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

/** Tells deliveries apart where the platform does not. */
export function digestDelivery({ body }: SignedRequest): string {
  return createHash('sha256').update(body).digest('hex');
}
