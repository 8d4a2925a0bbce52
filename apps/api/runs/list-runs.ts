import { Inject, Injectable } from '@nestjs/common';
import type { RunStatisticsView } from '#contracts/rest/runs.js';
import type { ListedPage } from '#persistence/listing/list-page.js';
import { listRuns } from '#persistence/repositories/run-list.js';
import type { ListedRunRow } from '#persistence/repositories/run-row.js';
import {
  type Durations,
  type EndedRow,
  MAX_COUNTED_RUNS,
  MAX_LIVING_RUNS,
  RunStatistics,
  type StatisticsFilter,
  type WorkflowStatisticsRow,
} from '#persistence/repositories/run-statistics.js';
import { WorkflowRepository } from '#persistence/repositories/workflow-repository.js';
import type { Caller } from '../http/caller.js';
import { requireBefore } from '../http/list-query.js';
import { problemError } from '../http/problem.js';
import { ReadStore } from '../store/read-store.js';
import { FindWorkflow } from '../workflows/find-workflow.js';
import type { RunListQuery, RunStatisticsQuery } from './run-list.query.js';

const DEFAULT_SPAN_MS = 7 * 24 * 60 * 60 * 1_000;
/** Of workflows whose runs a text asks for; more are too many to be meant. */
const MAX_WORKFLOWS = 500;
/** Hexadecimal digits, with dashes where a UUID has them. */
const ID_BEGINNING =
  /^[0-9a-f]{8}(?:-(?:[0-9a-f]{0,4}|[0-9a-f]{4}-(?:[0-9a-f]{0,4}|[0-9a-f]{4}-(?:[0-9a-f]{0,4}|[0-9a-f]{4}-[0-9a-f]{0,12}))))?$/;

/** Which runs there are, and what they come to. */
@Injectable()
export class ListRuns {
  constructor(
    @Inject(ReadStore) private readonly store: ReadStore,
    @Inject(FindWorkflow) private readonly findWorkflow: FindWorkflow,
  ) {}

  /** Throws SluiceError `request-invalid`, `workflow-not-found`. */
  async list(query: RunListQuery, { project }: Pick<Caller, 'project'>): Promise<ListedPage<ListedRunRow>> {
    requireBefore(['createdAfter', query.createdAfter], ['createdBefore', query.createdBefore]);
    requireBefore(['endedAfter', query.endedAfter], ['endedBefore', query.endedBefore]);
    if (query.version !== undefined && query.workflow === undefined) {
      const message = 'goes with `workflow` only';
      throw problemError('request-invalid', `version ${message}.`, {
        errors: [{ path: 'version', message }],
      });
    }
    const { version, startedBy } = query;
    const filter = {
      project,
      version,
      startedBy,
      statuses: query.status,
      triggers: query.trigger,
      failureClasses: query.failureClass,
      createdAfter: toDate(query.createdAfter),
      createdBefore: toDate(query.createdBefore),
      endedAfter: toDate(query.endedAfter),
      endedBefore: toDate(query.endedBefore),
      ...(await this.readText(project, query.text)),
    };
    const workflow =
      query.workflow === undefined ? undefined : await this.findWorkflow.require(project, query.workflow);
    const workflowIds = workflow === undefined ? undefined : [workflow.id];
    return this.store.read((manager) =>
      listRuns(manager, { ...filter, ...both(filter.workflowIds, workflowIds) }, query),
    );
  }

  /** Throws SluiceError `request-invalid`, `workflow-not-found`. */
  async readStatistics(
    query: RunStatisticsQuery,
    { project }: Pick<Caller, 'project'>,
  ): Promise<RunStatisticsView> {
    requireBefore(['from', query.from], ['to', query.to]);
    const to = toDate(query.to) ?? new Date();
    const from = toDate(query.from) ?? new Date(to.getTime() - DEFAULT_SPAN_MS);
    const workflow =
      query.workflow === undefined ? undefined : await this.findWorkflow.require(project, query.workflow);
    const filter: StatisticsFilter = { project, from, to, workflowId: workflow?.id };
    const [ended, workflows, living] = await this.store.read(async (manager) => {
      const statistics = new RunStatistics(manager);
      return Promise.all([
        statistics.countEnded(filter),
        statistics.countByWorkflow(filter),
        statistics.countLiving(filter),
      ]);
    });
    return {
      from: from.toISOString(),
      to: to.toISOString(),
      ...summarise(ended),
      living: living.map(({ status, count }) => ({
        status,
        count: Math.min(count, MAX_LIVING_RUNS),
        ...(count > MAX_LIVING_RUNS ? { atLeast: true as const } : {}),
      })),
      workflows: workflows.map(toWorkflow),
    };
  }

  private async readText(
    project: string,
    text: string | undefined,
  ): Promise<{ readonly ids?: readonly [string, string]; readonly workflowIds?: readonly string[] }> {
    if (text === undefined) return {};
    const beginning = text.toLowerCase();
    if (ID_BEGINNING.test(beginning)) {
      return { ids: [fill(beginning, '0'), fill(beginning, 'f')] };
    }
    return this.store.read(async (manager) => ({
      workflowIds: await new WorkflowRepository(manager).findIdsByText(project, text, MAX_WORKFLOWS),
    }));
  }
}

function both(some: readonly string[] | undefined, others: readonly string[] | undefined) {
  if (some === undefined || others === undefined) return { workflowIds: some ?? others };
  return { workflowIds: some.filter((id) => others.includes(id)) };
}

/** The first, or the last, UUID that begins so. */
function fill(beginning: string, digit: '0' | 'f'): string {
  return beginning + `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`.slice(beginning.length).replaceAll('x', digit);
}

function toDate(moment: string | undefined): Date | undefined {
  return moment === undefined ? undefined : new Date(moment.toUpperCase());
}

function summarise(
  ended: readonly EndedRow[],
): Pick<RunStatisticsView, 'runs' | 'runsAtLeast' | 'successRate' | 'statuses'> {
  const runs = ended.reduce((sum, { count }) => sum + count, 0);
  const countOf = (status: string) => ended.find((row) => row.status === status)?.count ?? 0;
  const successRate = share(countOf('succeeded'), countOf('failed'));
  return {
    runs: Math.min(runs, MAX_COUNTED_RUNS),
    ...(runs > MAX_COUNTED_RUNS ? { runsAtLeast: true } : {}),
    ...(successRate === undefined ? {} : { successRate }),
    statuses: ended.map(({ status, count, ran, waited }) => ({
      status,
      count,
      ...named('duration', ran),
      ...named('waiting', waited),
    })),
  };
}

function toWorkflow(row: WorkflowStatisticsRow): RunStatisticsView['workflows'][number] {
  const { workflow, count, succeeded, failed, p50Ms, p95Ms } = row;
  const successRate = share(succeeded, failed);
  return {
    workflow,
    runs: count,
    succeeded,
    failed,
    ...(successRate === undefined ? {} : { successRate }),
    ...(p50Ms === null || p95Ms === null ? {} : { p50Ms, p95Ms }),
  };
}

function share(succeeded: number, failed: number): number | undefined {
  const all = succeeded + failed;
  return all === 0 ? undefined : Math.round((succeeded / all) * 10_000) / 10_000;
}

function named<K extends string>(key: K, durations: Durations | null): { readonly [P in K]?: Durations } {
  return (durations === null ? {} : { [key]: durations }) as { readonly [P in K]?: Durations };
}
