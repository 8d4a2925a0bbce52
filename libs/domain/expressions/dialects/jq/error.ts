import type { Json } from '../../../json.js';

/** What `error` raises and `try` catches: any value. */
export class JqError extends Error {
  constructor(readonly value: Json) {
    super(typeof value === 'string' ? value : 'a jq error');
  }
}
