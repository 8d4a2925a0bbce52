import type { Command, PublishedEvent, Transition } from './command.js';
import type { Instance } from './instance.js';
import type { RunState, StepState } from './state.js';

/** Numbers what happens in a run and hands it on: transitions of steps and of the run, and published events. */
export class Recording {
  constructor(
    private readonly state: RunState,
    private readonly now: number,
    private readonly commands: Command[],
  ) {}

  step(instance: Instance, step: StepState): void {
    this.add({
      step: instance.key,
      status: step.status,
      attempt: step.attempts,
      ...(step.output === undefined ? {} : { output: step.output }),
      ...(step.error === undefined ? {} : { error: step.error }),
      ...(step.skipped === undefined ? {} : { skipped: step.skipped }),
      ...(step.waiting === undefined ? {} : { waiting: step.waiting }),
      ...(step.approval === undefined ? {} : { approval: step.approval }),
      ...(step.event === undefined ? {} : { event: step.event }),
      ...(step.reused === undefined ? {} : { reused: step.reused }),
    });
  }

  run(): void {
    const { status, output, error } = this.state;
    this.add({
      status,
      ...(output === undefined ? {} : { output }),
      ...(error === undefined ? {} : { error }),
    });
  }

  publish(event: Omit<PublishedEvent, 'sequence' | 'at'>): void {
    const sequence = ++this.state.sequence;
    this.commands.push({ type: 'publish', event: { sequence, at: this.now, ...event } });
  }

  private add(change: Omit<Transition, 'sequence' | 'at'>): void {
    const sequence = ++this.state.sequence;
    this.commands.push({ type: 'record', transition: { sequence, at: this.now, ...change } });
  }
}
