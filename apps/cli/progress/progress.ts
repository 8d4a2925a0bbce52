import type { RunNews } from '../server/follow-run.js';
import type { Decision } from '../view/decisions.js';

/** Shows a run while it goes on. */
export interface Progress {
  /** Called with each piece of news before the picture takes it up. */
  show(news: RunNews): void;
  /** Called when a step has come to wait for a person; what is said stays readable while the run goes on. */
  ask(decision: Decision): void;
  /** Leaves the output as a place where others may write. */
  end(): void;
}
