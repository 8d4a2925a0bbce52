import { workflowInfo } from '@temporalio/workflow';
import type { Breath } from './breath.js';

/** A task that lasts 10 s is lost, and all that was done inline in it is done again. */
const MOST_IN_TASK = 200;
const MOST_MS = 2_000;

/** Keeps apart the workflow tasks in which actions run inline: each stays open as long as one of its actions leads to another. */
export class InlinePace {
  private task: number | undefined;
  private begun = 0;
  private since = 0;

  constructor(private readonly breath: Breath) {}

  /** Whether one more may begin in this task; where not, a breath is being taken, after which one may. */
  admit(): boolean {
    const { historyLength } = workflowInfo();
    if (historyLength !== this.task) {
      this.task = historyLength;
      this.begun = 0;
      this.since = Date.now();
    }
    if (this.begun < MOST_IN_TASK && Date.now() - this.since < MOST_MS) {
      this.begun++;
      return true;
    }
    this.breath.take();
    return false;
  }
}
