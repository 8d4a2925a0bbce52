import type { JsonObject } from '../../../json.js';
import { APPROVAL_KEYS, MAX_APPROVERS, ON_EXPIRY, ON_REJECT } from '../../kinds/approval.js';
import type { KindSchema } from '../kind-schema.js';
import { choice, mapOf, part, text, wholeNumber } from '../parts.js';

const people = (description: string): JsonObject => ({
  type: 'array',
  description,
  items: {
    type: 'string',
    pattern: '^[a-z][a-z0-9-]{0,99}$|^user:\\S{1,100}$|\\$\\{\\{',
    examples: ['approver', 'user:ann'],
  },
  minItems: 1,
  maxItems: MAX_APPROVERS,
});

const KEYS: Readonly<Record<(typeof APPROVAL_KEYS)[number], JsonObject>> = {
  by: people('Who may decide: names of roles, or `user:<name>`.'),
  quorum: { ...wholeNumber('How many different people must approve.', 1, MAX_APPROVERS), default: 1 },
  expires: part('duration', 'How long there is to decide.'),
  onExpiry: choice('What it means when nobody decided in time.', ON_EXPIRY, 'fail'),
  onReject: choice('What a rejection means.', ON_REJECT, 'stop'),
  selfApproval: {
    type: 'boolean',
    description: 'Whether whoever started the run may decide.',
    default: false,
  },
  message: text('What the decision is about; it may hold expressions.'),
  remind: part('duration', 'Pause after which those who may decide are reminded, again and again.'),
  escalate: mapOf(
    {
      after: part('duration', 'How long nobody has decided.'),
      to: people('Who else may decide then.'),
    },
    { required: ['after', 'to'], description: 'Who else may decide when nobody has for so long.' },
  ),
  inputs: part('json-schemas', 'JSON Schemas of values that the approver is asked for, by name.'),
};

export const approvalSchema: KindSchema = {
  value: mapOf(KEYS, { required: ['by'], description: 'Waits until people approve or reject.' }),
};
