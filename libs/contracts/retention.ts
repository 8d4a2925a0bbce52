/** What is kept for a time of its own, each with what it is and whose time counts. */
export const RETENTION_KINDS = {
  runs: 'Ended runs with all that is theirs: steps, attempts, logs, events, checkpoints, large values.',
  logs: 'Log lines of ended runs.',
  events: 'What ended runs published: their history.',
  objects: 'Large values of ended runs.',
  outbox: 'Messages to Temporal that were delivered, of ended runs.',
  deliveries: 'Events that were delivered from run to run, of ended runs.',
  ticks: 'Ticks of schedules that are over, with what came of each.',
  webhooks: 'Deliveries of webhooks and of platforms, with the events that they brought.',
  pipelines: 'Executions of pipelines of which nothing was heard since, with their jobs.',
  gates: 'Results of gates.',
  risk: 'Assessments of the risk of changes that are not assessed again any longer.',
  outcomes: 'What became of changes, with their factors.',
  audit: 'The audit log, from its beginning on.',
} as const;

export type RetentionKindName = keyof typeof RETENTION_KINDS;

export type RetentionTrigger = 'nightly' | 'request';

export type RetentionPassStatus = 'running' | 'succeeded' | 'failed' | 'interrupted';

/** What one pass did to one kind. */
export interface RetentionResult {
  readonly kind: RetentionKindName;
  readonly removed: number;
  /** Old enough, but needed by what is kept, or in use just then. */
  readonly held: number;
  /** Written for it, relative to the folder of archives. */
  readonly files: readonly string[];
}

/** Stands beside each file of an archive. */
export interface ArchiveManifest {
  readonly version: 1;
  readonly project: string;
  readonly kind: RetentionKindName;
  /** UTC, `2026-01-31`: when what is in it was over. */
  readonly day: string;
  /** Name of the file, gzip over JSON lines of `ArchiveLine`. */
  readonly file: string;
  readonly items: number;
  /** Lines, by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Of the file, and what it holds unpacked. */
  readonly bytes: number;
  readonly unpackedBytes: number;
  /** SHA-256 of the file, 64 lower-case hex digits. */
  readonly sha256: string;
  readonly createdAt: string;
  /** When what is in it was gone from the database. */
  readonly removedAt?: string;
}

/** One line of an archive: a row as the table had it. */
export interface ArchiveLine {
  readonly table: string;
  readonly row: Readonly<Record<string, unknown>>;
}

export function isRetentionKind(name: string): name is RetentionKindName {
  return Object.hasOwn(RETENTION_KINDS, name);
}
