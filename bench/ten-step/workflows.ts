export { interpret } from '../../temporal/workflows/interpret.js';
export { tenStepJob } from './hand-written.js';
