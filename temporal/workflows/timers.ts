import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { Command } from '#domain/execution/command.js';
import type { RunEvent, TimerPurpose } from '#domain/execution/event.js';
import type { StepKey } from '#domain/execution/state.js';

type StartTimer = Extract<Command, { type: 'start-timer' }>;

/** Running timers of a run, by step and purpose. */
export class Timers {
  private readonly parent = CancellationScope.current();
  private readonly scopes = new Map<string, CancellationScope>();

  constructor(private readonly emit: (event: RunEvent) => void) {}

  start({ step, timer, ms }: StartTimer): void {
    const scope = new CancellationScope({ cancellable: true, parent: this.parent });
    this.scopes.set(`${timer} ${step}`, scope);
    scope
      .run(() => sleep(ms, { summary: `${step}: ${timer}` }))
      .then(
        () => {
          this.scopes.delete(`${timer} ${step}`);
          this.emit({ type: 'timer-fired', step, timer });
        },
        (error: unknown) => {
          if (!isCancellation(error)) throw error;
        },
      );
  }

  /** Does nothing where no such timer runs. */
  cancel(step: StepKey, timer: TimerPurpose): void {
    const scope = this.scopes.get(`${timer} ${step}`);
    this.scopes.delete(`${timer} ${step}`);
    scope?.cancel();
  }
}
