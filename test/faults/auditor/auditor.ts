import { setTimeout as sleep } from 'node:timers/promises';
import type { RunView } from '#contracts/rest/runs.js';
import { type PlatformOptions, TestPlatform } from '../../platform.js';
import { type AuditedJob, CANARY_VARIABLE } from './audited-job.js';
import { describeViolation, findViolations } from './checks/checks.js';
import { type Evidence, stepIdOf } from './evidence.js';
import { Ledger } from './ledger/ledger.js';
import { readActions, readAudit, readLeftovers, readProjection } from './read-postgres.js';
import { readTemporal } from './read-temporal.js';
import { readTexts } from './read-texts.js';

/** The secret that workers are given. */
export const CANARY = 'auditorCanary5e7c01d9a2';
const POLL_MS = 200;
/** Only keeps a broken test from hanging. */
const REST_MS = 240_000;

type Allowed = Partial<Pick<Evidence, 'lateRepeats'>>;

/** Has runs of one job made on a platform, and judges when all is over whether everything was done once and told truly. */
export class Auditor {
  /** Id of the job's. */
  workflow = '';
  private started = 0;
  /** Starts that were answered with 503, or not at all. */
  refused = 0;

  private constructor(
    readonly ledger: Ledger,
    readonly platform: TestPlatform,
    private readonly job: AuditedJob,
  ) {}

  /** @param writeJob given the address of the ledger */
  static async start(
    writeJob: (ledger: string) => AuditedJob,
    { api, worker, ...options }: PlatformOptions = {},
  ): Promise<Auditor> {
    const ledger = await Ledger.start();
    try {
      const platform = await TestPlatform.start({
        ...options,
        api: { SLUICE_RECONCILE_MS: '1000', ...api },
        worker: {
          SLUICE_HTTP_ALLOW: '127.0.0.1',
          SLUICE_WORKSPACE_RETENTION: '1s',
          [CANARY_VARIABLE]: CANARY,
          ...worker,
        },
      });
      const auditor = new Auditor(ledger, platform, writeJob(ledger.url));
      auditor.workflow = (await platform.save(auditor.job.definition)).id;
      return auditor;
    } catch (error) {
      await ledger.close();
      throw error;
    }
  }

  /** One run more. The start is sent again, with its key, until it is answered with 202; 503 and no answer are the others. */
  async startRun(): Promise<string> {
    const n = ++this.started;
    const key = `audited-${n}`;
    for (;;) {
      const answer = await this.platform
        .request<RunView>(
          'POST',
          `/workflows/${this.workflow}/execute`,
          { inputs: { n } },
          { 'idempotency-key': key },
        )
        .catch(() => undefined);
      if (answer?.status === 202) {
        await this.ledger.accept({ key, run: answer.body.id });
        return answer.body.id;
      }
      if (answer !== undefined && answer.status !== 503)
        throw new Error(`${key}: ${answer.status} ${JSON.stringify(answer.body)}`);
      this.refused++;
      await sleep(POLL_MS);
    }
  }

  /** So many runs, one beginning after the other within so many milliseconds. */
  async startRuns(count: number, ms: number): Promise<string[]> {
    return Promise.all(
      Array.from({ length: count }, async (_, index) => {
        await sleep((ms * index) / count);
        return this.startRun();
      }),
    );
  }

  /** Until so many effects have begun and are not done, of steps with this id where one is given. */
  async waitForOpen(count: number, id?: string): Promise<void> {
    for (const end = Date.now() + REST_MS; ; await sleep(POLL_MS / 4)) {
      const open = await this.ledger.listOpen();
      if (open.filter(({ step }) => id === undefined || stepIdOf(step) === id).length >= count) return;
      if (Date.now() > end) throw new Error(`there were never ${count} effects under way`);
    }
  }

  /** Attempts that were made after another one of the same step, of all runs. */
  async countRepeated(): Promise<number> {
    const [row] = await this.platform.database.dataSource.query(
      'SELECT count(*)::int AS repeated FROM step_attempts WHERE attempt > 1',
    );
    return row.repeated;
  }

  /** Waits until everything has come to rest. Throws with all that is wrong then, in words. */
  async expectNothingWrong(allowed: Allowed = {}): Promise<void> {
    await this.waitForEnds();
    // Workspaces of ended runs go when their worker starts.
    await this.platform.worker.stop();
    await sleep(1_000);
    await this.platform.worker.start();
    await this.waitForRest();
    const violations = await this.audit(allowed);
    if (violations.length === 0) return;
    const printed = [this.platform.worker.printed, this.platform.api.printed];
    throw new Error([`${violations.length} violations`, ...violations.slice(0, 50), ...printed].join('\n'));
  }

  /** All that is wrong now, in words. */
  async audit(allowed: Allowed = {}): Promise<readonly string[]> {
    return findViolations(await this.collect(allowed)).map(describeViolation);
  }

  private async waitForEnds(): Promise<void> {
    for (const end = Date.now() + REST_MS; ; await sleep(POLL_MS)) {
      const open = await this.platform.database.dataSource.query(
        `SELECT r.id, r.status, r.trouble, o.attempts, o.last_error AS "lastError", o.delivered_at AS "deliveredAt"
         FROM runs r LEFT JOIN outbox o ON o.run_id = r.id AND o.kind = 'start'
         WHERE r.ended_at IS NULL LIMIT 5`,
      );
      if (open.length === 0) return;
      if (Date.now() > end)
        throw new Error(
          `not ended: ${JSON.stringify(open)}\n${this.platform.worker.printed}\n${this.platform.api.printed}`,
        );
    }
  }

  /** What is delivered, sealed and removed a moment later has its time; what is not will be named. */
  private async waitForRest(): Promise<void> {
    const { database, home } = this.platform;
    for (const end = Date.now() + 30_000; Date.now() < end; await sleep(POLL_MS)) {
      const leftovers = await readLeftovers(database.dataSource, home);
      if (leftovers.length === 0 && (await readAudit(database.dataSource)).unsealed === 0) return;
    }
  }

  /** The projection first: asking Temporal has workers go through histories, which mends it. */
  private async collect({ lateRepeats = false }: Allowed): Promise<Evidence> {
    const { dataSource } = this.platform.database;
    const actions = await readActions(dataSource);
    const { order, telling } = this.job;
    return {
      order,
      lateRepeats,
      telling,
      ledger: await this.ledger.read(),
      expected: 'succeeded',
      runs: await readProjection(dataSource),
      executions: await readTemporal(
        this.platform,
        (run, step) => actions.get(run)?.has(stepIdOf(step)) ?? false,
      ),
      audit: await readAudit(dataSource),
      leftovers: await readLeftovers(dataSource, this.platform.home),
      canaries: { canary: CANARY },
      texts: await readTexts(this.platform),
    };
  }

  async close(): Promise<void> {
    await this.platform.close();
    await this.ledger.close();
  }
}
