import type { Continuation, InterpretInput } from '#contracts/run.js';
import type { Command } from '#domain/execution/command.js';
import type { RunEvent } from '#domain/execution/event.js';
import { ActionDispatch } from './action-dispatch.js';
import { Projection } from './projection.js';
import { Timers } from './timers.js';

type Carriers = { readonly [T in Command['type']]: (command: Extract<Command, { type: T }>) => void };

/** Does what `decide` commands; what comes of it arrives at `emit` as events. */
export class CommandCarrier {
  finished = false;
  private readonly actions: ActionDispatch;
  private readonly timers: Timers;
  private readonly projection: Projection;
  private readonly carriers: Carriers;

  constructor(input: InterpretInput, emit: (event: RunEvent) => void) {
    const actions = new ActionDispatch(input, emit);
    const timers = new Timers(emit);
    const projection = new Projection(input.run.id);
    this.actions = actions;
    this.timers = timers;
    this.projection = projection;
    this.carriers = {
      'run-action': (command) => actions.run(command),
      'cancel-action': (command) => actions.cancel(command.step),
      'start-timer': (command) => timers.start(command),
      'cancel-timer': (command) => timers.cancel(command.step, command.timer),
      record: (command) => projection.add(command.transition),
      'finish-run': () => {
        this.finished = true;
      },
    };
  }

  carryOut(command: Command): void {
    (this.carriers[command.type] as (command: Command) => void)(command);
  }

  /** Hands what was recorded since the last call to the worker. */
  flush(): void {
    this.projection.flush();
  }

  /** Begins the actions that were commanded. */
  dispatch(): void {
    this.actions.dispatch();
  }

  /** No action is under way: what is left can be carried over to another execution. */
  get quiet(): boolean {
    return this.actions.quiet;
  }

  /** From now on no action is begun. */
  hold(): void {
    this.actions.hold();
  }

  carry(): Omit<Continuation, 'state'> {
    return { ...this.actions.carry(), timers: this.timers.carry() };
  }

  resume({ waiting, timers }: Continuation): void {
    this.timers.resume(timers);
    this.actions.resume(waiting);
  }
}
