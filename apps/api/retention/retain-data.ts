import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { RetentionResult, RetentionTrigger } from '#contracts/retention.js';
import { isSluiceError } from '#domain/errors.js';
import { computeLastNight } from '#domain/retention/nightly.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { removeOldEntries } from '#persistence/retention/archive-audit-log.js';
import { ArchiveFolder } from '#persistence/retention/archive-folder.js';
import { removeOld } from '#persistence/retention/remove-old.js';
import { takeRetentionLock } from '#persistence/retention/retention-lock.js';
import { type Period, RetentionRepository } from '#persistence/retention/retention-repository.js';
import type { Configuration } from '../configuration.js';
import { CONFIGURATION, DATA_SOURCE, LOGGER } from '../tokens.js';

/** Between two looks whether the night has come. */
const LOOK_MS = 60_000;
const NIGHT = 'retention';

interface Pass {
  readonly id: string;
  readonly project: string;
  readonly by: string;
}

/** Carries out the periods of projects: each night, and when asked. Of all processes one does it at a time. */
@Injectable()
export class RetainData implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopped = new AbortController();
  private nights: Promise<void> = Promise.resolve();
  private asked: Promise<void> = Promise.resolve();
  readonly archive: ArchiveFolder;

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CONFIGURATION)
    private readonly configuration: Pick<Configuration, 'archiveFolder' | 'retentionTime'>,
  ) {
    this.archive = new ArchiveFolder(configuration.archiveFolder);
  }

  onApplicationBootstrap(): void {
    this.nights = this.keepNights();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped.abort();
    await Promise.all([this.nights, this.asked]);
  }

  /** Begins a pass, which goes on by itself, and answers with its id. Throws SluiceError `retention-busy`. */
  async start(
    project: string,
    caller: { readonly actor: string; readonly correlationId: string },
    reason: string | undefined,
  ): Promise<string> {
    const release = await takeRetentionLock(this.dataSource);
    try {
      const id = await this.dataSource.transaction(async (manager) => {
        const pass = { project, trigger: 'request', by: caller.actor } as const;
        const begun = await new RetentionRepository(manager).begin(pass);
        await new AuditRepository(manager).add({
          project,
          actor: caller.actor,
          correlationId: caller.correlationId,
          action: 'retention.run',
          objectType: 'retention',
          objectId: begun,
          reason,
        });
        return begun;
      });
      this.asked = this.carryOut({ id, project, by: caller.actor }).finally(release);
      return id;
    } catch (error) {
      await release();
      throw error;
    }
  }

  /** One look whether the night has come to projects that have periods; answers with how many passes were made. */
  async lookForNight(now: Date): Promise<number> {
    const night = computeLastNight(now, this.configuration.retentionTime);
    if ((await new RetentionRepository(this.dataSource.manager).listDue(night)).length === 0) return 0;
    const release = await takeRetentionLock(this.dataSource);
    try {
      // Another process may have done it just before.
      const due = await new RetentionRepository(this.dataSource.manager).listDue(night);
      for (const project of due) {
        if (this.stopped.signal.aborted) break;
        await this.passOfNight(project);
      }
      return due.length;
    } finally {
      await release();
    }
  }

  private async passOfNight(project: string): Promise<void> {
    const trigger: RetentionTrigger = 'nightly';
    const id = await new RetentionRepository(this.dataSource.manager).begin({ project, trigger, by: NIGHT });
    await this.carryOut({ id, project, by: NIGHT });
  }

  private async keepNights(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      await this.lookForNight(new Date()).catch((error: unknown) => {
        if (isSluiceError(error) && error.code === 'retention-busy') return;
        this.logger.warn({ err: error }, 'retention cannot be carried out; trying on');
      });
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async carryOut(pass: Pass): Promise<void> {
    const { id, project } = pass;
    const results: RetentionResult[] = [];
    const retention = new RetentionRepository(this.dataSource.manager);
    const { signal } = this.stopped;
    try {
      for (const period of await retention.listPeriods(project)) {
        if (!signal.aborted) results.push(await this.remove(pass, period));
      }
      await retention.end(id, { status: signal.aborted ? 'interrupted' : 'succeeded', results });
      this.logger.info({ project, results }, 'retention was carried out');
    } catch (error) {
      this.logger.error({ err: error, project }, 'retention failed');
      const said = describeFailure(error);
      await retention
        .end(id, { status: 'failed', results, error: said })
        .catch((cause: unknown) => this.logger.warn({ err: cause }, 'the end of a pass cannot be written'));
    }
  }

  private async remove({ project, by }: Pass, period: Period): Promise<RetentionResult> {
    const [{ cutoff }] = await this.dataSource.query(`SELECT now() - $1 * interval '1 day' AS cutoff`, [
      period.days,
    ]);
    const archive = period.archive ? this.archive : undefined;
    const order = { project, cutoff, archive, signal: this.stopped.signal };
    return period.kind === 'audit'
      ? removeOldEntries(this.dataSource, { ...order, by })
      : removeOld(this.dataSource, { ...order, kind: period.kind });
  }
}

/** Of the system's refusals the code (`ENOSPC`), of our own errors the message; what else it is stands in the log only. */
function describeFailure(error: unknown): string {
  if (isSluiceError(error)) return error.message;
  const { code } = error as { readonly code?: unknown };
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code))
    return `The archive cannot be written: ${code}. Look at the folder SLUICE_ARCHIVE_FOLDER.`;
  return 'Something went wrong; the log holds the rest.';
}
