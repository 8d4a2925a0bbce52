import { proxySinks, type Sinks } from '@temporalio/workflow';
import type { FinalRecord, TransitionBatch } from '#contracts/run.js';
import type { Transition } from '#domain/execution/command.js';

/** What the worker offers to workflows; calls leave nothing in the history and may be repeated on replay. */
interface InterpreterSinks extends Sinks {
  projection: { record(batch: TransitionBatch): void; finish(record: FinalRecord): void };
}

const sinks = proxySinks<InterpreterSinks>();

export class Projection {
  private transitions: Transition[] = [];

  constructor(private readonly run: string) {}

  add(transition: Transition): void {
    this.transitions.push(transition);
  }

  flush(): void {
    if (this.transitions.length === 0) return;
    sinks.projection.record({ run: this.run, transitions: this.transitions });
    this.transitions = [];
  }
}

/** The last word on a run. A worker that is killed before it wrote this down is asked for it again by a replay. */
export function recordFinal(record: FinalRecord): void {
  sinks.projection.finish(record);
}
