import { type SignedRequest, type Verdict, verifySignature } from '../../webhooks/verify-signature.js';
import { nameDelivery, readDelivery } from '../http/delivery.js';
import type { PlatformEvent } from '../platform.js';
import { readJobEvent, readPipelineEvent } from './events.js';
import { TITLE } from './manners.js';

const SIGNATURE = 'webhook-signature';
const TOKEN = 'x-gitlab-token';
const STANDARD_SECRET = 'whsec_';

/**
 * By the signature, where there is one and a signing token to check it with; else by the secret token, which GitLab may
 * send beside it.
 */
export function verifyWebhook(request: SignedRequest, secrets: readonly string[], now: number): Verdict {
  const { headers } = request;
  const canSign = secrets.some((secret) => secret.startsWith(STANDARD_SECRET)) || !headers.has(TOKEN);
  const signedEvents = headers.has(SIGNATURE) && canSign;
  return verifySignature({ type: 'gitlab', signedEvents }, request, secrets, now);
}

export function parseEvent(request: SignedRequest): PlatformEvent {
  const { headers } = request;
  return readDelivery(TITLE, request, (event) => {
    const kind = event.findText('object_kind');
    return {
      delivery: nameDelivery(request, headers.get('webhook-id') ?? headers.get('idempotency-key')),
      type: headers.get('x-gitlab-event') ?? kind ?? '',
      // With both, it may have been the token that proved the sender.
      signed: headers.has(SIGNATURE) && !headers.has(TOKEN),
      ...(kind === 'pipeline' ? readPipelineEvent(event) : {}),
      ...(kind === 'build' ? readJobEvent(event) : {}),
    };
  });
}
