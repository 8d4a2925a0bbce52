import type { InterpretInput } from '#contracts/run.js';
import type { TickEnd } from '#contracts/schedules.js';
import type {
  AttemptGateway,
  OperationAnswer,
  QueueFigures,
  RunDescription,
  RunGateway,
  ScheduleGateway,
  WantedSchedule,
} from '#contracts/temporal-port.js';
import type { Operation } from '#domain/execution/operation.js';

/** Temporal as the control plane sees it, in memory, for tests of what happens when it is away or strange. */
export class FakeGateway implements RunGateway {
  readonly started = new Map<string, InterpretInput>();
  /** Attempts that go on without a worker, by their tokens as text; those that are not here are gone. */
  readonly waiting = new Map<string, 'waiting' | 'cancel-requested'>();
  readonly takenUp: { readonly token: string; readonly attempt: number }[] = [];
  readonly attempts: AttemptGateway = {
    beat: async (token) => {
      this.refuse();
      return this.waiting.get(Buffer.from(token).toString()) ?? 'gone';
    },
    takeUp: async (token, attempt) => {
      this.refuse();
      const text = Buffer.from(token).toString();
      this.takenUp.push({ token: text, attempt });
      return this.waiting.delete(text) ? 'done' : 'gone';
    },
    reportCanceled: async (token) => {
      this.refuse();
      return this.waiting.delete(Buffer.from(token).toString()) ? 'done' : 'gone';
    },
  };
  readonly schedulesThere = new Map<string, WantedSchedule>();
  /** What was ordered of schedules, repetitions included. */
  readonly ordered: {
    readonly schedule: string;
    readonly kind: 'trigger' | 'backfill';
    readonly from: Date;
  }[] = [];
  /** What ticks were told, by their ids. */
  readonly tickEnds = new Map<string, TickEnd>();
  readonly schedules: ScheduleGateway = {
    put: async (schedule) => {
      this.refuse();
      this.schedulesThere.set(schedule.id, schedule);
      return { skipped: 2, missed: 1 };
    },
    remove: async (schedule) => {
      this.refuse();
      this.schedulesThere.delete(schedule);
    },
    trigger: async (schedule, { at }) => {
      this.refuse();
      this.ordered.push({ schedule, kind: 'trigger', from: at });
    },
    backfill: async (schedule, { from }) => {
      this.refuse();
      this.ordered.push({ schedule, kind: 'backfill', from });
    },
    endTick: async (workflowId, end) => {
      this.refuse();
      this.tickEnds.set(workflowId, end);
      return true;
    },
  };
  readonly canceled: { readonly run: string; readonly by: string; readonly reason?: string }[] = [];
  /** What was asked of runs, repetitions and failures included. */
  readonly operated: { readonly run: string; readonly operation: Operation; readonly id: string }[] = [];
  /** How runs answer; done by default. */
  answer: (operation: Operation) => OperationAnswer | Promise<OperationAnswer> = () => ({
    outcome: 'done',
    result: { status: 'running' },
  });
  readonly descriptions = new Map<string, RunDescription>();
  /** What a worker does when it goes through the run's history again; nothing by default. */
  readonly replays = new Map<string, () => Promise<void>>();
  /** Calls of `start`, repetitions and failures included. */
  starts = 0;
  failure: Error | undefined;
  /** Calls of `describeQueues`. */
  looksAtQueues = 0;

  async start(input: InterpretInput): Promise<void> {
    this.starts += 1;
    this.refuse();
    if (!this.started.has(input.run.id)) this.started.set(input.run.id, structuredClone(input));
  }

  async cancel(run: string, request: { readonly by: string; readonly reason?: string }) {
    this.refuse();
    if (!this.started.has(run)) return 'not-found' as const;
    this.canceled.push({ run, ...request });
    return 'requested' as const;
  }

  async operate(run: string, operation: Operation, id: string): Promise<OperationAnswer> {
    this.operated.push({ run, operation, id });
    this.refuse();
    return this.answer(operation);
  }

  async describe(run: string): Promise<RunDescription> {
    this.refuse();
    return this.descriptions.get(run) ?? { status: this.started.has(run) ? 'running' : 'not-found' };
  }

  async replay(run: string): Promise<void> {
    this.refuse();
    await this.replays.get(run)?.();
  }

  async describeQueues(queues: readonly string[]): Promise<readonly QueueFigures[]> {
    this.looksAtQueues += 1;
    this.refuse();
    return queues.map((queue) => ({ queue, kind: 'activity', backlog: 3, oldestSeconds: 1.5, pollers: 2 }));
  }

  async check(): Promise<void> {
    this.refuse();
  }

  private refuse(): void {
    if (this.failure !== undefined) throw this.failure;
  }
}
