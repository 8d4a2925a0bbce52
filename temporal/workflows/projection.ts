import { proxySinks, type Sinks } from '@temporalio/workflow';
import type { FinalRecord, TransitionBatch } from '#contracts/run.js';
import type { PublishedEvent, Transition } from '#domain/execution/command.js';

/** What the worker offers to workflows; calls leave nothing in the history and may be repeated on replay. */
interface InterpreterSinks extends Sinks {
  projection: { record(batch: TransitionBatch): void; finish(record: FinalRecord): void };
}

const sinks = proxySinks<InterpreterSinks>();

export class Projection {
  private transitions: Transition[] = [];
  private events: PublishedEvent[] = [];

  constructor(private readonly run: string) {}

  add(transition: Transition): void {
    this.transitions.push(transition);
  }

  publish(event: PublishedEvent): void {
    this.events.push(event);
  }

  flush(): void {
    const { run, transitions, events } = this;
    if (transitions.length === 0 && events.length === 0) return;
    sinks.projection.record({ run, transitions, ...(events.length === 0 ? {} : { events }) });
    this.transitions = [];
    this.events = [];
  }
}

/** The last word on a run. A worker that is killed before it wrote this down is asked for it again by a replay. */
export function recordFinal(record: FinalRecord): void {
  sinks.projection.finish(record);
}
