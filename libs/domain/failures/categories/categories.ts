import type { Category } from '../category.js';
import { ACCESS } from './access.js';
import { CONTAINERS } from './containers.js';
import { LIMITS } from './limits.js';
import { NETWORK } from './network.js';
import { FORMS, WORK } from './work.js';

/** All that is known, the more exact first: where two fit a line equally well, the first names it. */
export const CATEGORIES: readonly Category[] = [
  ...ACCESS,
  ...CONTAINERS,
  ...LIMITS,
  ...NETWORK,
  ...WORK,
  ...FORMS,
];

export const UNKNOWN_CATEGORY = 'unknown_error';
