import type { Json } from '../../json.js';
import type { SeededStep } from '../state.js';
import { authorOf, type OperationHandler, refuseRunState } from './operation-handler.js';

const MAX_CHECKPOINTS = 100;

export const checkpoint: OperationHandler<'checkpoint'> = {
  refuse(situation, { name }) {
    const refused = refuseRunState(situation, ['running', 'paused']);
    const known = situation.state.checkpoints ?? [];
    if (refused !== undefined) return refused;
    if (known.includes(name)) {
      return {
        code: 'operation-invalid',
        message: `There is a checkpoint ${name} already.`,
        fits: 'Another name.',
      };
    }
    if (known.length < MAX_CHECKPOINTS) return undefined;
    return {
      code: 'operation-invalid',
      message: `The run has ${MAX_CHECKPOINTS} checkpoints, and takes no more.`,
      fits: 'A run with fewer checkpoints.',
    };
  },
  apply(turn, operation) {
    const { state } = turn;
    state.checkpoints = [...(state.checkpoints ?? []), operation.name];
    const steps: Record<string, SeededStep> = {};
    for (const [key, { status, output, skipped }] of Object.entries(state.steps)) {
      if (status !== 'succeeded' && status !== 'skipped') continue;
      steps[key] = {
        status,
        ...(output === undefined ? {} : { output }),
        ...(skipped === undefined ? {} : { skipped }),
      };
    }
    turn.recording.publish({
      type: 'run.checkpointed',
      name: operation.name,
      ...authorOf(operation),
      data: { steps: steps as unknown as Json },
    });
  },
};
