import type { DataSource, EntityManager } from 'typeorm';
import { ApprovalRepository } from '#persistence/repositories/approval-repository.js';
import { EventRepository } from '#persistence/repositories/event-repository.js';
import { FailureRepository } from '#persistence/repositories/failure-repository.js';
import { FreezeRepository } from '#persistence/repositories/freeze-repository.js';
import { listObjects } from '#persistence/repositories/object-list.js';
import { OutboxRepository } from '#persistence/repositories/outbox-repository.js';
import { PoolRepository } from '#persistence/repositories/pool-repository.js';
import { listRuns, type RunFilter, type RunSort } from '#persistence/repositories/run-list.js';
import { RunRepository } from '#persistence/repositories/run-repository.js';
import { RunStatistics } from '#persistence/repositories/run-statistics.js';
import { StepRepository } from '#persistence/repositories/step-repository.js';
import { TemplateRepository } from '#persistence/repositories/template-repository.js';
import { VersionRepository } from '#persistence/repositories/version-repository.js';
import { WorkflowRemoval } from '#persistence/repositories/workflow-removal.js';
import { WorkflowRepository } from '#persistence/repositories/workflow-repository.js';
import { GROWING } from './many-runs.js';

/** A way in which a list is asked for. */
export interface AskedList {
  readonly name: string;
  /** Rows of growing tables that it may read, at most. */
  readonly most: number;
  ask(manager: EntityManager): Promise<unknown>;
}

/** What Postgres did for one statement. */
interface ReadPlan {
  readonly statement: string;
  /** Tables that were read from end to end. */
  readonly whole: readonly string[];
  /** Rows that were read, those that a filter dropped among them. */
  readonly rows: number;
}

/** A page and what says that there is a next one, with what stands beside each row. */
const PAGE = 1_500;
/** One page where rows are looked through. */
const LOOKED_THROUGH = 35_000;

/** Every list that grows with runs, and what is asked of their tables again and again. */
export async function askedLists(dataSource: DataSource): Promise<AskedList[]> {
  const [{ id: run, workflowId, startedBy }] = await dataSource.query(
    `SELECT id, workflow_id AS "workflowId", started_by AS "startedBy" FROM runs
     WHERE project = 'default' AND status = 'failed' ORDER BY id DESC OFFSET 5 LIMIT 1`,
  );
  const other: { id: string }[] = await dataSource.query(
    `SELECT id FROM workflows WHERE project = 'default' ORDER BY name LIMIT 5`,
  );
  const facts = { run, workflowId, startedBy, many: other.map(({ id }) => id) };
  return [...askedRuns(facts), ...askedBesides(facts)];
}

interface Facts {
  readonly run: string;
  readonly workflowId: string;
  readonly startedBy: string;
  readonly many: readonly string[];
}

const project = 'default';
const weekAgo = new Date(Date.now() - 7 * 86_400_000);

function askedRuns({ run, workflowId, startedBy, many }: Facts): AskedList[] {
  const monthAgo = new Date(Date.now() - 30 * 86_400_000);
  const runs = (name: string, filter: Partial<RunFilter>, most = PAGE, sort: RunSort = 'createdAt') => ({
    name: `runs ${name}`,
    most,
    ask: (manager: EntityManager) =>
      listRuns(manager, { project, ...filter }, { sort: `-${sort}`, limit: 50 }),
  });
  return [
    runs('of a project', {}),
    runs('of a small project', { project: 'data' }),
    runs('of a status', { statuses: ['failed'] }),
    runs('of a rare status', { project: 'data', statuses: ['rejected'] }),
    runs('of several statuses', { statuses: ['queued', 'running', 'paused', 'failed', 'rejected'] }),
    runs('of a workflow', { workflowIds: [workflowId] }),
    runs('of a workflow and a status', { workflowIds: [workflowId], statuses: ['rejected'] }),
    runs('of several workflows', { workflowIds: many }),
    runs('of a person', { startedBy }),
    runs('of a person who started few', { startedBy: 'user-199' }),
    runs('of a person who started none', { startedBy: 'nobody' }),
    // One of a hundred: the newest that are looked through may cost no more than those that the index names.
    runs('of a trigger', { triggers: ['workflow'] }, 6_000),
    runs('of two triggers', { triggers: ['workflow', 'rerun'] }, 12_000),
    runs('of a month ago', { createdBefore: monthAgo }),
    runs('of a week', { createdAfter: monthAgo, createdBefore: weekAgo, statuses: ['failed'] }),
    runs('by its id', { ids: [run, run] }),
    runs('by their end', {}, PAGE, 'endedAt'),
    runs('by their end, of a week', { endedAfter: monthAgo, endedBefore: weekAgo }, PAGE, 'endedAt'),
    runs('of a person, failed', { startedBy, statuses: ['failed'] }, LOOKED_THROUGH),
    runs('of nobody, failed', { startedBy: 'nobody', statuses: ['failed'] }, LOOKED_THROUGH),
    runs('of a class of failure', { failureClasses: ['resource'] }, LOOKED_THROUGH),
    runs('of a version that is not there', { workflowIds: [workflowId], version: 7 }, LOOKED_THROUGH),
    runs('that the API started, rejected', { triggers: ['api'], statuses: ['rejected'] }, LOOKED_THROUGH),
    runs('that ended before they were made', { endedBefore: new Date(0) }, LOOKED_THROUGH),
    runs('by their end, of nobody', { startedBy: 'nobody' }, LOOKED_THROUGH, 'endedAt'),
  ];
}

function askedBesides({ run, workflowId }: Facts): AskedList[] {
  return [
    {
      name: 'runs, counted',
      most: PAGE + 30_000,
      ask: (manager) => listRuns(manager, { project }, { sort: '-createdAt', limit: 50, total: true }),
    },
    {
      name: 'statistics of runs',
      most: 120_000,
      ask: (manager) => {
        const statistics = new RunStatistics(manager);
        const filter = { project, from: new Date(0), to: new Date() };
        return Promise.all([
          statistics.countEnded(filter),
          statistics.countByWorkflow(filter),
          statistics.countLiving(filter),
          statistics.countEnded({ ...filter, workflowId, from: weekAgo }),
          statistics.countLiving({ ...filter, workflowId }),
        ]);
      },
    },
    {
      name: 'failures',
      most: PAGE,
      ask: (manager) => new FailureRepository(manager).list({ project }, { sort: '-endedAt', limit: 50 }),
    },
    {
      name: 'failures of a category that is not there',
      most: LOOKED_THROUGH,
      ask: (manager) =>
        new FailureRepository(manager).list({ project, category: 'none' }, { sort: '-endedAt', limit: 50 }),
    },
    {
      name: 'approvals',
      most: PAGE,
      ask: (manager) => new ApprovalRepository(manager).list({ project }, { sort: 'requestedAt', limit: 50 }),
    },
    {
      name: 'events, checkpoints, attempts and objects of a run',
      most: PAGE,
      ask: async (manager) => {
        const page = { sort: 'sequence', limit: 50 } as const;
        await new EventRepository(manager).list(run, {}, page);
        await new EventRepository(manager).listCheckpoints(run, page);
        await new StepRepository(manager).pageAttempts(run, 'gate', { sort: 'attempt', limit: 50 });
        await new StepRepository(manager).listSteps(run);
        await listObjects(manager, { runId: run }, { sort: 'createdAt', limit: 50 });
      },
    },
    {
      name: 'workflows, versions and moves of aliases',
      most: PAGE,
      ask: async (manager) => {
        const workflows = new WorkflowRepository(manager);
        for (const sort of ['name', '-createdAt', '-updatedAt'] as const)
          await workflows.list({ project }, { sort, limit: 50 });
        await new VersionRepository(manager).list(workflowId, {}, { sort: '-version', limit: 50 });
        await new VersionRepository(manager).listMoves(workflowId, 'latest', { sort: '-movedAt', limit: 50 });
      },
    },
    {
      name: 'pools, locks, freezes and templates',
      most: PAGE,
      ask: async (manager) => {
        await new PoolRepository(manager).list({ project }, { sort: 'name', limit: 50 });
        await new PoolRepository(manager).listLocks({ project }, { sort: 'name', limit: 50 });
        await new FreezeRepository(manager).list({ project, past: true }, { sort: '-createdAt', limit: 50 });
        await new TemplateRepository(manager).list({ project }, { sort: 'name', limit: 50 });
      },
    },
    {
      name: 'what relays and the reconciler look for, a run, a workflow, and a living run of it',
      most: 5_000,
      ask: async (manager) => {
        await new OutboxRepository(manager).claim(20, 1_000);
        await new RunRepository(manager).find(project, run);
        await new WorkflowRepository(manager).findById(project, workflowId);
        await new EventRepository(manager).claimDeliveries(20, 1_000);
        await new RunRepository(manager).claimSilent(15_000, 20);
        await new WorkflowRemoval(manager).findLivingRun(workflowId);
      },
    },
  ];
}

interface AskedStatement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly prepared: boolean;
}

/**
 * Asks, and answers with what Postgres did for each statement. What is prepared, or is as soon as it is asked often, counts
 * by the worse of two plans: that for its values, and that which Postgres would keep.
 */
export async function readPlans(dataSource: DataSource, list: AskedList): Promise<ReadPlan[]> {
  const asked: AskedStatement[] = [];
  await list.ask(recordStatements(dataSource, asked));
  const plans: ReadPlan[] = [];
  for (const statement of asked) {
    const own = readPlan(statement, await explain(dataSource, statement));
    const kept = statement.prepared ? readPlan(statement, await explainKept(dataSource, statement)) : own;
    plans.push(kept.rows > own.rows || kept.whole.length > own.whole.length ? kept : own);
  }
  return plans;
}

function readPlan(
  { text }: AskedStatement,
  row: { readonly 'QUERY PLAN': readonly ExplainedPlan[] },
): ReadPlan {
  const nodes = flatten(row['QUERY PLAN'][0]!.Plan);
  return {
    statement: text,
    whole: nodes.flatMap((node) => wholeTable(node)),
    rows: nodes.reduce((sum, node) => sum + rowsOf(node), 0),
  };
}

interface ExplainedPlan {
  readonly Plan: PlanNode;
}

function recordStatements(dataSource: DataSource, asked: AskedStatement[]): EntityManager {
  const query = async (text: string, values: readonly unknown[] = []) => {
    asked.push({ text, values, prepared: false });
    return dataSource.query(text, [...values]);
  };
  const connect = async () => ({
    query: async ({ text, values }: Pick<AskedStatement, 'text' | 'values'>) => {
      asked.push({ text, values, prepared: true });
      // Lists go on from what they find; what changes rows is asked where it is explained.
      return { rows: text.startsWith('SELECT') ? await dataSource.query(text, [...values]) : [] };
    },
  });
  return { query, queryRunner: { connect } } as unknown as EntityManager;
}

const EXPLAIN = 'EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF)';

async function explain(dataSource: DataSource, { text, values }: AskedStatement) {
  const [row] = await dataSource.query(`${EXPLAIN} ${text}`, [...values]);
  return row;
}

async function explainKept(dataSource: DataSource, { text, values }: AskedStatement) {
  return dataSource.transaction(async (manager) => {
    await manager.query('SET LOCAL plan_cache_mode = force_generic_plan');
    await manager.query(`PREPARE kept AS ${text}`);
    const [row] = await manager.query(`${EXPLAIN} EXECUTE kept(${values.map(toLiteral).join()})`);
    await manager.query('DEALLOCATE kept');
    return row;
  });
}

function toLiteral(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (Array.isArray(value)) return `'{${value.join()}}'`;
  return `'${value instanceof Date ? value.toISOString() : String(value)}'`;
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

function flatten(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}

function isGrowing(name: string | undefined): name is string {
  return GROWING.some((table) => table === name);
}

function wholeTable(node: PlanNode): string[] {
  const name = node['Relation Name'];
  return node['Node Type'] === 'Seq Scan' && isGrowing(name) && node['Actual Loops'] > 0 ? [name] : [];
}

function rowsOf(node: PlanNode): number {
  if (!isGrowing(node['Relation Name']) || !node['Node Type'].endsWith('Scan')) return 0;
  return (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
}
