import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { LogRepository } from '#persistence/repositories/log-repository.js';
import type { RunRow } from '#persistence/repositories/run-repository.js';
import { StepRepository } from '#persistence/repositories/step-repository.js';
import type { Configuration } from '../configuration.js';
import { FindRun } from '../runs/find-run.js';
import { ReadSteps } from '../runs/read-steps.js';
import { toLog } from '../runs/step.resource.js';
import { CONFIGURATION, DATA_SOURCE } from '../tokens.js';
import { LiveEvent } from './live-event.js';
import { advance, BEGINNING, formatPosition, isPast, type Mark, type Position } from './position.js';
import { Turns } from './turns.js';

export interface News {
  readonly mark: Mark;
  /** Where a reader is who has seen it, and all before it. */
  readonly after: Position;
  readonly live: LiveEvent;
}

interface NewsPage {
  readonly news: readonly News[];
  /** Where a reader is who has seen all of it. */
  readonly end: Position;
  /** Whether there was more than one page takes. */
  readonly more: boolean;
}

const STEPS_AT_ONCE = 100;
const LINES_AT_ONCE = 500;
/** A reader that is slow holds a page: thousands of them must fit into the process. */
const CHARACTERS_AT_ONCE = 64 << 10;

/** Reads what became known of runs, page by page, on no more than half of the process's connections. */
@Injectable()
export class ReadNews {
  private readonly steps: StepRepository;
  private readonly logs: LogRepository;
  private readonly turns: Turns;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(CONFIGURATION) { database }: Configuration,
    @Inject(FindRun) private readonly findRun: FindRun,
    @Inject(ReadSteps) private readonly readSteps: ReadSteps,
  ) {
    this.steps = new StepRepository(dataSource.manager);
    this.logs = new LogRepository(dataSource.manager);
    this.turns = new Turns(Math.max(1, Math.floor(database.poolSize / 2)));
  }

  /** The run as it is now. Throws SluiceError `run-not-found`. */
  async readRun({ project, id }: Pick<RunRow, 'project' | 'id'>): Promise<RunRow> {
    return this.turns.take(() => this.findRun.require(project, id));
  }

  /** One page of what came after `position`. */
  async read(run: RunRow, position: Position): Promise<NewsPage> {
    return this.turns.take(async () => {
      const steps = await this.readChanges(run, position);
      // Lines come when all steps are told: who reads of a line knows its step.
      return steps.more ? steps : this.readLines(run, steps);
    });
  }

  /** The position itself, or the beginning where nothing of the run lies so far on: it is not of this run. */
  async findPlace(run: Pick<RunRow, 'id'>, position: Position): Promise<Position> {
    if (isPast(BEGINNING, position)) return BEGINNING;
    const [change, line] = await this.turns.take(() =>
      Promise.all([this.steps.findLastChange(run.id), this.logs.findLastLine(run.id)]),
    );
    const end = {
      change: BigInt(change ?? 0),
      chunk: BigInt(line?.chunk ?? 0),
      line: line?.position ?? BEGINNING.line,
    };
    return isPast(end, position) ? position : BEGINNING;
  }

  private async readChanges(run: RunRow, from: Position): Promise<NewsPage> {
    const changes = await this.steps.listChanges(run.id, String(from.change), STEPS_AT_ONCE);
    const keys = changes.map(({ key }) => key);
    const steps = keys.length === 0 ? [] : await this.readSteps.read(run, keys);
    const byKey = new Map(steps.map((step) => [step.key, step]));
    const gathered = new NewsGatherer(from);
    for (const { key, change } of changes) {
      gathered.add('step', { change: BigInt(change) }, byKey.get(key));
    }
    return { news: gathered.news, end: gathered.end, more: changes.length === STEPS_AT_ONCE };
  }

  private async readLines(run: RunRow, before: NewsPage): Promise<NewsPage> {
    const { chunk, line } = before.end;
    const { lines, more } = await this.logs.read({
      runId: run.id,
      limit: LINES_AT_ONCE,
      characters: CHARACTERS_AT_ONCE,
      ...(line < 0 ? {} : { after: `${chunk}.${line}` }),
    });
    const gathered = new NewsGatherer(before.end);
    for (const stored of lines) {
      const [inChunk = '0', inLine] = stored.cursor.split('.');
      gathered.add('log', { chunk: BigInt(inChunk), line: Number(inLine) }, toLog(stored));
    }
    return { news: [...before.news, ...gathered.news], end: gathered.end, more };
  }
}

class NewsGatherer {
  readonly news: News[] = [];

  constructor(public end: Position) {}

  add(event: 'step' | 'log', mark: Mark, data: unknown): void {
    this.end = advance(this.end, mark);
    if (data === undefined) return;
    const live = new LiveEvent(event, formatPosition(this.end), JSON.stringify(data));
    this.news.push({ mark, after: this.end, live });
  }
}
