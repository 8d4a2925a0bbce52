import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { RunGateway } from '#contracts/temporal-port.js';

/** At which effect of a process, counted from 1, it dies: before it comes about, or after. */
export interface Death {
  readonly effect: number;
  readonly when: 'before' | 'after';
}

/**
 * A process as far as others can tell: what it does to Postgres and Temporal, one effect after the other. From its death on
 * nothing that it tries comes about any more.
 */
export class MortalProcess {
  effects = 0;
  dead = false;

  constructor(private readonly death: Death | undefined) {}

  /** The same database, as this process reaches it. */
  wrapDataSource(dataSource: DataSource): DataSource {
    return replace(dataSource, {
      manager: this.wrapManager(dataSource.manager),
      transaction: (work: (inner: EntityManager) => Promise<unknown>) =>
        // Its end is one more effect: dead before it, the transaction is rolled back.
        this.commit((beforeEnd) =>
          dataSource.transaction(async (inner) => {
            const result = await work(this.wrapManager(inner));
            beforeEnd();
            return result;
          }),
        ),
    });
  }

  wrapGateway(gateway: RunGateway): RunGateway {
    return {
      start: (input) => this.effect(() => gateway.start(input)),
      cancel: (run, request) => this.effect(() => gateway.cancel(run, request)),
      operate: (run, operation, id) => this.effect(() => gateway.operate(run, operation, id)),
      describe: (run) => this.effect(() => gateway.describe(run)),
      replay: (run) => this.effect(() => gateway.replay(run)),
      attempts: {
        beat: (token) => this.effect(() => gateway.attempts.beat(token)),
        takeUp: (token, attempt) => this.effect(() => gateway.attempts.takeUp(token, attempt)),
        reportCanceled: (token) => this.effect(() => gateway.attempts.reportCanceled(token)),
      },
      schedules: {
        put: (schedule) => this.effect(() => gateway.schedules.put(schedule)),
        remove: (schedule) => this.effect(() => gateway.schedules.remove(schedule)),
        trigger: (schedule, order) => this.effect(() => gateway.schedules.trigger(schedule, order)),
        backfill: (schedule, order) => this.effect(() => gateway.schedules.backfill(schedule, order)),
        endTick: (workflowId, end) => this.effect(() => gateway.schedules.endTick(workflowId, end)),
      },
      describeQueues: (queues) => this.effect(() => gateway.describeQueues(queues)),
      check: () => this.effect(() => gateway.check()),
    };
  }

  private wrapManager(manager: EntityManager): EntityManager {
    const { queryRunner } = manager;
    return replace(manager, {
      query: (text: string, values?: unknown[]) => this.effect(() => manager.query(text, values)),
      queryRunner: queryRunner && this.wrapRunner(queryRunner),
      dataSource: replace(manager.dataSource, {
        createQueryRunner: () => this.wrapRunner(manager.dataSource.createQueryRunner()),
      }),
    });
  }

  /** Prepared statements are asked of the connection itself. */
  private wrapRunner(runner: QueryRunner): QueryRunner {
    const connect = async () => {
      const client = await runner.connect();
      return { query: (statement: unknown) => this.effect(() => client.query(statement)) };
    };
    return replace(runner, { connect });
  }

  private async effect<T>(work: () => Promise<T>): Promise<T> {
    return this.commit((beforeEnd) => {
      beforeEnd();
      return work();
    });
  }

  private async commit<T>(work: (beforeEnd: () => void) => Promise<T>): Promise<T> {
    this.requireAlive();
    let number = 0;
    const [outcome] = await Promise.allSettled([
      work(() => {
        this.requireAlive();
        number = ++this.effects;
        if (number === this.death?.effect && this.death.when === 'before') this.die();
      }),
    ]);
    this.requireAlive();
    // What was refused, too, came about and was not heard of.
    if (number === this.death?.effect) this.die();
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  }

  private die(): never {
    this.dead = true;
    throw new Error('killed');
  }

  private requireAlive(): void {
    if (this.dead) throw new Error('dead');
  }
}

/** The same, but for some of its members. */
function replace<T extends object>(whole: T, members: Readonly<Record<string, unknown>>): T {
  return new Proxy(whole, {
    get: (target, name) => {
      if (typeof name === 'string' && Object.hasOwn(members, name)) return members[name];
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
