import type { Dialect } from '../../plan/plan.js';
import type { Language } from '../dialect.js';
import { cel } from './cel/language.js';
import { jq } from './jq/language.js';

/** Every language that a Plan may name. */
export const DIALECTS: Readonly<Record<Dialect, Language>> = { cel, jq };
