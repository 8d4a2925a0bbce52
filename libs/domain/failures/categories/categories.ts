import type { Category } from '../category.js';
import { ACCESS } from './access.js';
import { CONTAINERS } from './containers.js';
import { DEPENDENCIES } from './dependencies.js';
import { FORMS } from './forms.js';
import { LIMITS } from './limits.js';
import { NETWORK } from './network.js';
import { SOURCES } from './sources.js';
import { WORK } from './work.js';

/** All that is known, the more exact first: where two fit a line equally well, the first names it. */
export const CATEGORIES: readonly Category[] = [
  ...ACCESS,
  ...CONTAINERS,
  ...LIMITS,
  ...NETWORK,
  ...DEPENDENCIES,
  ...SOURCES,
  ...WORK,
  ...FORMS,
];

export const UNKNOWN_CATEGORY = 'unknown_error';
