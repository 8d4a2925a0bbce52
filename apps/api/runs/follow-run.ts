import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { FINAL_RUN_STATUSES, type RunStreamEvent, type RunView } from '#contracts/rest/runs.js';
import { LogRepository, type StoredLogLine } from '#persistence/repositories/log-repository.js';
import type { RunRow } from '#persistence/repositories/run-repository.js';
import { StepRepository } from '#persistence/repositories/step-repository.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindRun } from './find-run.js';
import { PresentRun } from './present-run.js';
import { ReadSteps } from './read-steps.js';
import { RunFeed } from './run-feed.js';
import type { LogResource } from './step.resource.js';

/** One event of a run's stream; after `id` it can be taken up again. */
export interface FollowedEvent {
  readonly event: RunStreamEvent;
  readonly id: string;
  readonly data: unknown;
}

/** How far a reader has come: the last change of a step, and the last line. */
interface Position {
  change: string;
  log: string | undefined;
}

const POLL_MS = 2_000;
/** Between two looks, however much happens. */
const BREATH_MS = 50;
/** Lines and ends of attempts may still be on their way from a worker when the run is over. */
const SETTLE_MS = 200;
const STEPS_AT_ONCE = 200;
const LINES_AT_ONCE = 500;
const EVENT_ID = /^(\d{1,18})_(\d{1,18}\.\d{1,9})?$/;

/** What becomes known of a run, read from the store as fast as the reader takes it: nothing piles up. */
@Injectable()
export class FollowRun {
  private readonly steps: StepRepository;
  private readonly logs: LogRepository;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(PresentRun) private readonly presenter: PresentRun,
    @Inject(FindRun) private readonly findRun: FindRun,
    @Inject(ReadSteps) private readonly readSteps: ReadSteps,
    @Inject(RunFeed) private readonly feed: RunFeed,
  ) {
    this.steps = new StepRepository(dataSource.manager);
    this.logs = new LogRepository(dataSource.manager);
  }

  /** Ends after `end`, or when `signal` aborts. An event id that is none of ours begins at the beginning. */
  async *follow(
    first: RunRow,
    lastEventId: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<FollowedEvent> {
    const position = parsePosition(lastEventId);
    const bell = new Bell();
    const unfollow = this.feed.follow(first.id, () => bell.ring());
    try {
      let run = first;
      let shown = '';
      while (!signal.aborted) {
        const view = this.presenter.present(run);
        if (shown !== JSON.stringify(view)) {
          shown = JSON.stringify(view);
          yield { event: 'run', id: formatPosition(position), data: view };
        }
        // The run was read first: what it shows as ended is complete below.
        const ended = isFinal(view);
        if (ended) await sleep(SETTLE_MS);
        yield* this.readNews(run, position, signal);
        if (ended) {
          yield { event: 'end', id: formatPosition(position), data: view };
          return;
        }
        await bell.wait(POLL_MS, signal);
        await sleep(BREATH_MS);
        run = await this.findRun.require(first.project, first.id);
      }
    } finally {
      unfollow();
    }
  }

  private async *readNews(
    run: RunRow,
    position: Position,
    signal: AbortSignal,
  ): AsyncGenerator<FollowedEvent> {
    while (!signal.aborted) {
      const changes = await this.steps.listChanges(run.id, position.change, STEPS_AT_ONCE);
      const byKey = new Map(
        (changes.length === 0
          ? []
          : await this.readSteps.read(
              run,
              changes.map((change) => change.key),
            )
        ).map((step) => [step.key, step]),
      );
      for (const { key, change } of changes) {
        position.change = change;
        const step = byKey.get(key);
        if (step !== undefined) yield { event: 'step', id: formatPosition(position), data: step };
      }
      if (changes.length < STEPS_AT_ONCE) break;
    }
    while (!signal.aborted) {
      const { lines, more } = await this.logs.read({
        runId: run.id,
        limit: LINES_AT_ONCE,
        ...(position.log === undefined ? {} : { after: position.log }),
      });
      for (const line of lines) {
        position.log = line.cursor;
        yield { event: 'log', id: formatPosition(position), data: toLog(line) };
      }
      if (!more) break;
    }
  }
}

export function toLog(line: StoredLogLine): LogResource {
  return { ...line, at: line.at.toISOString() };
}

function isFinal(run: Pick<RunView, 'status'>): boolean {
  return FINAL_RUN_STATUSES.includes(run.status);
}

function formatPosition(position: Position): string {
  return `${position.change}_${position.log ?? ''}`;
}

function parsePosition(id: string | undefined): Position {
  const match = id === undefined ? null : EVENT_ID.exec(id);
  return { change: match?.[1] ?? '0', log: match?.[2] };
}

/** Remembers a ring that came while nobody waited. */
class Bell {
  private rung = Promise.withResolvers<void>();

  ring(): void {
    this.rung.resolve();
  }

  /** Until it rings, the time is over, or `signal` aborts. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const time = sleep(ms, undefined, { signal: AbortSignal.any([signal, over.signal]) }).catch(
      () => undefined,
    );
    await Promise.race([this.rung.promise, time]);
    over.abort();
    this.rung = Promise.withResolvers<void>();
  }
}
