export { interpret } from '../../temporal/workflows/interpret.js';
export { tenLocalSteps, tenStepJob } from './hand-written.js';
