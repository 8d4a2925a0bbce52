import { authorOf, type OperationHandler, refuseRunState } from './operation-handler.js';

export const pause: OperationHandler<'pause'> = {
  refuse: (situation) => refuseRunState(situation, ['running']),
  apply(turn, operation) {
    turn.state.status = 'paused';
    turn.recording.run();
    turn.recording.publish({ type: 'run.paused', ...authorOf(operation) });
  },
};

export const resume: OperationHandler<'resume'> = {
  refuse: (situation) => refuseRunState(situation, ['paused']),
  apply(turn, operation) {
    turn.state.status = 'running';
    turn.recording.run();
    turn.recording.publish({ type: 'run.resumed', ...authorOf(operation) });
    turn.releaseHeld();
    turn.beginClaimed();
  },
};
