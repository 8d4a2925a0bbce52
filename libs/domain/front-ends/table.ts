import type { Format, FrontEnd } from './front-end.js';
import { openWorkflow } from './open-workflow/front-end.js';
import { sluice } from './sluice/front-end.js';
import { steps } from './steps/front-end.js';

/** Every language that can be read; where a text could be several, the first that recognises it is meant. */
export const FRONT_ENDS: Readonly<Record<Format, FrontEnd>> = {
  'open-workflow': openWorkflow,
  steps,
  sluice,
};
