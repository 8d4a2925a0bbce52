/** Entry of the bundle that runs in Temporal's sandbox: what is exported here is a workflow type. */
export { interpret } from './interpret.js';
export { tick } from './tick.js';
