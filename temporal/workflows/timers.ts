import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { CarriedTimer } from '#contracts/run.js';
import type { Command } from '#domain/execution/command.js';
import type { RunEvent, TimerPurpose } from '#domain/execution/event.js';
import type { StepKey } from '#domain/execution/state.js';

type StartTimer = Extract<Command, { type: 'start-timer' }>;

/** Running timers of a run, by step and purpose. */
export class Timers {
  private readonly parent = CancellationScope.current();
  private readonly running = new Map<string, CarriedTimer & { readonly scope: CancellationScope }>();

  constructor(private readonly emit: (event: RunEvent) => void) {}

  start({ step, timer, ms }: StartTimer): void {
    const scope = new CancellationScope({ cancellable: true, parent: this.parent });
    this.running.set(`${timer} ${step}`, { step, timer, at: Date.now() + ms, scope });
    scope
      .run(() => sleep(ms, { summary: `${step}: ${timer}` }))
      .then(
        () => {
          // One that was canceled as it fired may have a successor.
          if (this.running.get(`${timer} ${step}`)?.scope !== scope) return;
          this.running.delete(`${timer} ${step}`);
          this.emit({ type: 'timer-fired', step, timer });
        },
        (error: unknown) => {
          if (!isCancellation(error)) throw error;
        },
      );
  }

  /** Does nothing where no such timer runs. */
  cancel(step: StepKey, timer: TimerPurpose): void {
    const running = this.running.get(`${timer} ${step}`);
    this.running.delete(`${timer} ${step}`);
    running?.scope.cancel();
  }

  carry(): CarriedTimer[] {
    return [...this.running.values()].map(({ step, timer, at }) => ({ step, timer, at }));
  }

  /** Goes on with what another execution carried over. */
  resume(timers: readonly CarriedTimer[]): void {
    for (const { at, ...timer } of timers)
      this.start({ type: 'start-timer', ...timer, ms: Math.max(1, at - Date.now()) });
  }
}
