import { isAwaited, MAX_INBOX, receive } from '../inbox.js';
import { exceedsValueLimit } from '../limits.js';
import { LIVING, type OperationHandler, refuseRunState } from './operation-handler.js';

export const sendEvent: OperationHandler<'send-event'> = {
  refuse(situation, { name, data }) {
    const refused = refuseRunState(situation, LIVING);
    if (refused !== undefined) return refused;
    if (exceedsValueLimit(data)) {
      return {
        code: 'operation-invalid',
        message: 'The data of the event is larger than 256 KiB of JSON.',
        fits: 'Smaller data, or a reference to it.',
      };
    }
    if ((situation.state.inbox?.length ?? 0) < MAX_INBOX || isAwaited(situation, name)) return undefined;
    return {
      code: 'run-state',
      message: `The run keeps ${MAX_INBOX} events that none of its steps has waited for.`,
      fits: `A run that waits for ${name} now, or keeps fewer events.`,
    };
  },
  apply(turn, { name, data, by }) {
    receive(turn, { name, data, by, at: new Date(turn.now).toISOString() });
  },
};
