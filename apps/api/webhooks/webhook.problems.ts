import type { ProblemCode } from '../http/problem-code.js';

export const WEBHOOK_PROBLEMS = {
  'webhook-not-found': {
    status: 404,
    title: 'There is no such webhook',
    cause: 'No webhook of the project has this id or name.',
    cure: 'Look at the list of webhooks.',
  },
  'webhook-name-taken': {
    status: 409,
    title: 'There is a webhook of this name',
    cause: 'Another webhook of the project has the name.',
    cure: 'Choose another name, or change the webhook that is there.',
  },
  'webhook-limit-reached': {
    status: 409,
    title: 'There are too many webhooks',
    cause: 'The project has as many webhooks as it may.',
    cure: 'Remove some that nobody needs.',
  },
  'webhook-secret-needs-key': {
    status: 409,
    title: 'There is no key to keep a secret with',
    cause:
      'A secret that is made here is kept encrypted, and SLUICE_ENCRYPTION_KEYS is not set; only on its own machine does the key of the administrator stand in for it.',
    cure: 'Name a reference as `secret`, as env:SLUICE_SECRET_HOOK, or have the operator set SLUICE_ENCRYPTION_KEYS.',
  },
  'webhook-signature-invalid': {
    status: 401,
    title: 'Nothing shows that this is from whom it should be',
    cause:
      'There is no such webhook, or the signature or the token is missing, wrong, of another body, or too old. Which of these it is, only the webhook itself tells, as `lastRefusal`.',
    cure: 'Compare the address and the secret at the sender with those of the webhook, and the clocks.',
  },
  'webhook-disabled': {
    status: 409,
    title: 'The webhook is disabled',
    cause: 'Somebody has disabled it; nothing that is sent is taken.',
    cure: 'Enable it, and let the sender deliver again.',
  },
  'webhook-secret-unavailable': {
    status: 503,
    title: 'The secret of the webhook cannot be had',
    cause:
      'What its reference names is not there or does not answer, or the key is gone with which it was encrypted.',
    cure: 'Look at the secret, then let the sender try again; a secret whose key is gone has to be rotated.',
  },
  'delivery-not-found': {
    status: 404,
    title: 'There is no such delivery',
    cause: 'No delivery of the webhook has this id, or it was removed by its period of retention.',
    cure: 'Look at the list of deliveries.',
  },
} as const satisfies Record<string, ProblemCode>;
