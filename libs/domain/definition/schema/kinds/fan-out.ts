import type { JsonObject } from '../../../json.js';
import type { FAN_OUT_KEYS } from '../../kinds/fan-out.js';
import { wholeNumber } from '../parts.js';

/** Of the keys that both kinds that fan out have. */
export const FAN_OUT: Readonly<Record<(typeof FAN_OUT_KEYS)[number], JsonObject>> = {
  limit: wholeNumber('How many run at once.', 1, 10_000),
  failFast: { type: 'boolean', description: 'Whether the first failure stops the others.', default: true },
  quorum: wholeNumber('Over as soon as so many have succeeded; the others are stopped.', 1, 10_000),
};
