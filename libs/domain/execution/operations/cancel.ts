import { authorOf, type OperationHandler, refuseRunState } from './operation-handler.js';

export const cancel: OperationHandler<'cancel'> = {
  refuse: (situation) => refuseRunState(situation, ['running', 'paused']),
  apply(turn, operation) {
    turn.recording.publish({
      type: 'run.cancel-requested',
      ...authorOf(operation),
      data: { compensate: operation.compensate },
    });
    turn.cancelRun({ ...authorOf(operation), compensate: operation.compensate });
  },
};
