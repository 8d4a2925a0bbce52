import type { Continuation, InterpretInput } from '#contracts/run.js';
import type { Command } from '#domain/execution/command.js';
import type { RunEvent } from '#domain/execution/event.js';
import type { RunState } from '#domain/execution/state.js';
import { ActionDispatch } from './action-dispatch.js';
import { Breath } from './breath.js';
import { Claims } from './claims.js';
import { InlinePace } from './inline-pace.js';
import { isInLoop } from './loops.js';
import { Projection } from './projection.js';
import { Timers } from './timers.js';
import { WaitingBoard } from './waiting-board.js';

type Carriers = { readonly [T in Command['type']]: (command: Extract<Command, { type: T }>) => void };

/** Does what `decide` commands; what comes of it arrives at `emit` as events. */
export class CommandCarrier {
  finished = false;
  private readonly breath: Breath;
  private readonly actions: ActionDispatch;
  private readonly claims: Claims;
  private readonly timers: Timers;
  private readonly projection: Projection;
  private readonly board: WaitingBoard;
  private readonly carriers: Carriers;

  constructor(
    private readonly input: InterpretInput,
    emit: (event: RunEvent) => void,
  ) {
    const breath = new Breath(() => emit({ type: 'breath-taken' }));
    const actions = new ActionDispatch(input, emit, new InlinePace(breath));
    const claims = new Claims(input, emit);
    const timers = new Timers(emit);
    const projection = new Projection(input.run.id);
    const board = new WaitingBoard(input.continued?.state);
    this.breath = breath;
    this.actions = actions;
    this.claims = claims;
    this.timers = timers;
    this.projection = projection;
    this.board = board;
    this.carriers = {
      'run-action': (command) => actions.run(command),
      'run-workflow': (command) => actions.run(command),
      'cancel-action': (command) => actions.cancel(command.step),
      'acquire-claims': (command) => claims.acquire(command),
      'release-claims': (command) => claims.release(command.step),
      'start-timer': (command) => timers.start(command),
      'cancel-timer': (command) => timers.cancel(command.step, command.timer),
      'take-breath': () => breath.take(),
      record: ({ transition }) => {
        projection.add(transition);
        board.take(transition);
      },
      publish: (command) => projection.publish(command.event),
      'finish-run': () => {
        this.finished = true;
      },
    };
  }

  carryOut(command: Command): void {
    (this.carriers[command.type] as (command: Command) => void)(command);
  }

  /** Hands what was recorded since the last call to the worker, and to the people who look on. */
  flush(): void {
    this.projection.flush();
    this.board.show();
  }

  /** Begins what was commanded. */
  dispatch(): void {
    this.claims.dispatch();
    this.actions.dispatch();
  }

  /** Neither an action nor a run of another workflow is under way: what is left can be carried over. */
  get quiet(): boolean {
    return this.actions.quiet;
  }

  /** From now on nothing is begun. */
  hold(): void {
    this.claims.hold();
    this.actions.hold();
  }

  carry(state: RunState): Continuation {
    const { plan } = this.input;
    const actions = this.actions.carry((step) => state.steps[step] === undefined && isInLoop(plan, step));
    return { state, ...actions, ...this.claims.carry(), timers: this.timers.carry() };
  }

  resume({ state, waiting, timers, claims }: Continuation): void {
    if (state.agenda !== undefined) this.breath.take();
    this.timers.resume(timers);
    if (claims !== undefined) this.claims.resume(claims);
    this.actions.resume(waiting);
  }
}
