import { workflowInfo } from '@temporalio/workflow';
import type { Continuation } from '#contracts/run.js';
import type { RunState, RunStatus } from '#domain/execution/state.js';
import type { CommandCarrier } from './command-carrier.js';

/** Past these a run begins no more actions in this execution; the server ends one at 51,200 events or 50 MiB. */
const MOST_EVENTS = 25_000;
const MOST_BYTES = 25 << 20;

/** Characters of JSON. Payloads are compressed, and a server takes 2 MiB of one. */
const MOST_CARRIED = 8 << 20;

/** One that is being canceled is soon over, and ends as canceled only in the execution that was asked to. */
const LASTING: readonly RunStatus[] = ['running', 'paused', 'rolling-back'];

/**
 * Moves a run whose history has grown long to a new execution (continue as new): at the first moment at which none of
 * its actions is under way, once the server suggests it; and where no such moment comes, by beginning none until it
 * does. What is too large to be carried stays.
 */
export class HandOver {
  private stays = false;
  private holds = false;

  constructor(private readonly carrier: CommandCarrier) {}

  /** What the next execution begins with; undefined where the run goes on here. */
  consider(state: RunState): Continuation | undefined {
    const { carrier } = this;
    if (this.stays || !LASTING.includes(state.status)) return undefined;
    const room = measureRoom();
    if (room === 'enough' || (room === 'little' && !carrier.quiet)) return undefined;
    if (!this.holds) {
      this.stays = JSON.stringify(carrier.carry(state)).length > MOST_CARRIED;
      if (this.stays) return undefined;
      this.holds = true;
      carrier.hold();
    }
    return carrier.quiet ? carrier.carry(state) : undefined;
  }
}

function measureRoom(): 'enough' | 'little' | 'none' {
  const { historyLength, historySize, continueAsNewSuggested } = workflowInfo();
  if (historyLength > MOST_EVENTS || historySize > MOST_BYTES) return 'none';
  return continueAsNewSuggested ? 'little' : 'enough';
}
