import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { withGateChecks } from '#gates/gate/check-steps.js';

/** The catalogue for whoever reads definitions that are to be kept. */
export const CHECKED_ACTIONS = withGateChecks(ACTIONS);
