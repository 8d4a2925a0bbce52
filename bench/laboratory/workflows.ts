export { interpret } from '../../temporal/workflows/interpret.js';
export { fanOut, fanOutLocally } from '../fan-out/hand-written.js';
export { tenLocalSteps, tenStepJob } from '../ten-step/hand-written.js';
