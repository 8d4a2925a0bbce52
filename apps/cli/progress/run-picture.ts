import type { LogView, RunView, StepView } from '#contracts/rest/runs.js';
import type { RunNews } from '../server/follow-run.js';

const TAIL_LINES = 10;

/** What is known of a run so far; the views are drawn from it. */
export class RunPicture {
  run: RunView;
  private readonly stepsByKey = new Map<string, StepView>();
  private readonly tails = new Map<string, LogView[]>();

  /** `steps`: those of the plan, in its order; ones that become known later stand after them. */
  constructor(run: RunView, steps: readonly StepView[]) {
    this.run = run;
    for (const step of steps) {
      this.stepsByKey.set(step.key, step);
    }
  }

  get steps(): readonly StepView[] {
    return [...this.stepsByKey.values()];
  }

  /** The last lines of the step's log, oldest first. */
  tail(key: string): readonly LogView[] {
    return this.tails.get(key) ?? [];
  }

  apply(news: RunNews): void {
    switch (news.type) {
      case 'run':
      case 'end':
        this.run = news.run;
        break;
      case 'step':
        this.stepsByKey.set(news.step.key, news.step);
        break;
      case 'log':
        this.append(news.log);
        break;
    }
  }

  private append(log: LogView): void {
    const tail = this.tails.get(log.step) ?? [];
    tail.push(log);
    this.tails.set(log.step, tail.slice(-TAIL_LINES));
  }
}
