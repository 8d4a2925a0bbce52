/** Where a table names people. Each later table that does is one more row. */
export interface PersonalTable {
  readonly table: string;
  /** Columns that tell its rows apart. */
  readonly key: readonly string[];
  /** Columns that hold a name and nothing else. */
  readonly names: readonly string[];
  /** Columns with a text that somebody wrote. */
  readonly texts?: readonly string[];
  /** Columns of JSON. */
  readonly values?: readonly string[];
  /** Column of the project's name; `project` when absent. */
  readonly project?: string;
  /** Of the run that it belongs to: what lives still says again what Temporal knows of it. */
  readonly run?: string;
}

export const PERSONAL_TABLES: readonly PersonalTable[] = [
  {
    table: 'runs',
    key: ['id'],
    names: ['started_by', 'cancel_by'],
    texts: ['cancel_reason'],
    run: 'id',
  },
  { table: 'run_steps', key: ['run_id', 'key'], names: [], values: ['approval'], run: 'run_id' },
  {
    table: 'run_events',
    key: ['run_id', 'sequence'],
    names: ['by'],
    texts: ['reason'],
    values: ['data'],
    run: 'run_id',
  },
  {
    table: 'run_checkpoints',
    key: ['run_id', 'name'],
    names: ['by'],
    texts: ['reason'],
    run: 'run_id',
  },
  { table: 'workflow_versions', key: ['workflow_id', 'version'], names: ['created_by'] },
  {
    table: 'workflow_publications',
    key: ['workflow_id', 'version'],
    names: ['published_by'],
    texts: ['reason'],
  },
  { table: 'workflow_alias_moves', key: ['id'], names: ['moved_by'], texts: ['reason'] },
  { table: 'templates', key: ['id'], names: ['created_by'] },
  { table: 'resource_pools', key: ['project', 'name'], names: ['updated_by'] },
  { table: 'freezes', key: ['id'], names: ['created_by'], texts: ['name', 'reason'] },
  { table: 'agents', key: ['id'], names: ['created_by'] },
  { table: 'integrations', key: ['id'], names: ['created_by'], texts: ['description'] },
  {
    table: 'schedules',
    key: ['id'],
    names: ['paused_by', 'created_by'],
    texts: ['pause_reason', 'description'],
  },
  { table: 'schedule_orders', key: ['id'], names: ['ordered_by'] },
  { table: 'webhooks', key: ['id'], names: ['created_by'], texts: ['description'] },
  {
    table: 'webhook_deliveries',
    key: ['id'],
    names: ['replayed_by'],
    texts: ['body', 'message'],
    values: ['headers', 'event'],
  },
  {
    table: 'webhook_messages',
    key: ['delivery_id', 'target_run'],
    names: [],
    values: ['data'],
    run: 'target_run',
  },
  { table: 'pipeline_executions', key: ['id'], names: ['actor'], texts: ['title'] },
  { table: 'gates', key: ['id'], names: ['created_by'] },
  { table: 'gate_versions', key: ['gate_id', 'version'], names: ['created_by'] },
  { table: 'gate_results', key: ['id'], names: ['noted_by', 'created_by'], values: ['labels'] },
  { table: 'gate_bypasses', key: ['id'], names: ['created_by', 'revoked_by'], texts: ['reason'] },
  {
    table: 'risk_assessments',
    key: ['id'],
    names: ['created_by'],
    values: ['factors', 'history'],
  },
  {
    table: 'risk_assessment_versions',
    key: ['assessment_id', 'version'],
    names: ['created_by'],
    values: ['result'],
  },
  { table: 'risk_environments', key: ['project', 'name'], names: ['updated_by'] },
  { table: 'risk_outcomes', key: ['id'], names: ['noted_by'], texts: ['reason'], values: ['factors'] },
  { table: 'risk_models', key: ['project'], names: ['created_by'] },
  { table: 'members', key: ['project', 'user_id'], names: ['updated_by'] },
  { table: 'projects', key: ['name'], names: ['created_by'], project: 'name' },
  { table: 'retention_policies', key: ['project', 'kind'], names: ['updated_by'] },
  { table: 'retention_passes', key: ['id'], names: ['started_by'] },
];

/** Rows of a project that may name a person; `$1` project, `$2` the name. */
export function matchName({ names, texts = [], values = [], project = 'project' }: PersonalTable): string {
  const conditions = [
    ...names.map((name) => `t.${quote(name)} = $2`),
    ...texts.map((name) => `position($2 in t.${quote(name)}) > 0`),
    ...values.map((name) => `position($2 in t.${quote(name)}::text) > 0`),
  ];
  return `t.${quote(project)} = $1 AND (${conditions.join(' OR ')})`;
}

/** `by` is a word of SQL. */
export function quote(column: string): string {
  return `"${column}"`;
}
