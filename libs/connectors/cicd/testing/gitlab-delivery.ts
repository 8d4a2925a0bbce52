import { createHmac } from 'node:crypto';
import type { SignedRequest } from '../../webhooks/verify-signature.js';

const KEY = Buffer.from('the key by which GitLab signs hooks');

export const SIGNING_TOKEN = `whsec_${KEY.toString('base64')}`;

/** A Pipeline Hook, signed by Standard Webhooks. */
export function deliver(event: object, id: string): SignedRequest {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const body = Buffer.from(JSON.stringify(event));
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const headers = new Map([
    ['content-type', 'application/json'],
    ['x-gitlab-event', 'Pipeline Hook'],
    ['webhook-id', id],
    ['idempotency-key', id],
    ['webhook-timestamp', timestamp],
    ['webhook-signature', `v1,${createHmac('sha256', KEY).update(signed).digest('base64')}`],
  ]);
  return { headers, body };
}
