import type { Execution, ExecutionReference, PipelineJob, PipelineStep } from './execution.js';

/** Characters of what names something, so that two names fit a key of an index. */
const MOST_NAME = 300;
const MOST_TEXT = 500;
const MOST_URL = 2_000;
const MOST_JOBS = 1_000;
const MOST_STEPS = 200;
const MOST_ATTEMPTS = 1_000_000;
/** The year 10000, which neither RFC 3339 nor every database knows. */
const LAST_MOMENT = 253_402_300_800_000;

/** What a platform said of an execution, as it may be stored and shown whatever the platform is: see the limits above. */
export function toPlainExecution(told: Execution): Execution {
  const { reference, attempt, state, native, title, url, createdAt, startedAt, endedAt } = told;
  const { ref, commit, trigger, actor, key } = told;
  return {
    reference: toPlainReference(reference),
    attempt: toPlainAttempt(attempt),
    state,
    native: toPlainText(native, MOST_TEXT),
    title: toPlainText(title, MOST_TEXT),
    url: toPlainUrl(url) ?? '',
    ...texts({ ref, commit, trigger, actor, key }, MOST_NAME),
    ...moments({ createdAt, startedAt, endedAt }),
  };
}

/** The first of many. */
export function toPlainJobs(told: readonly PipelineJob[]): readonly PipelineJob[] {
  return told.slice(0, MOST_JOBS).map(toPlainJob);
}

function toPlainJob(told: PipelineJob): PipelineJob {
  const { id, name, state, native, attempt, stage, runner, mayFail, steps, child } = told;
  const { createdAt, startedAt, endedAt } = told;
  const url = toPlainUrl(told.url);
  return {
    id: toPlainText(id, MOST_NAME),
    name: toPlainText(name, MOST_TEXT),
    state,
    native: toPlainText(native, MOST_TEXT),
    attempt: toPlainAttempt(attempt),
    mayFail,
    ...texts({ stage, runner }, MOST_TEXT),
    ...(url === undefined ? {} : { url }),
    ...moments({ createdAt, startedAt, endedAt }),
    ...(steps === undefined ? {} : { steps: steps.slice(0, MOST_STEPS).map(toPlainStep) }),
    ...(child === undefined ? {} : { child: toPlainReference(child) }),
  };
}

function toPlainStep({ name, state, native, startedAt, endedAt }: PipelineStep): PipelineStep {
  return {
    name: toPlainText(name, MOST_TEXT),
    state,
    native: toPlainText(native, MOST_TEXT),
    ...moments({ startedAt, endedAt }),
  };
}

function toPlainReference({ project, pipeline, id }: ExecutionReference): ExecutionReference {
  return {
    project: toPlainText(project, MOST_NAME),
    pipeline: toPlainText(pipeline, MOST_NAME),
    id: toPlainText(id, MOST_NAME),
  };
}

/** Without control characters and halves of pairs: databases and JSON refuse some of them. */
function toPlainText(text: string, most: number): string {
  return text
    .slice(0, most)
    .replaceAll(/\p{Cc}/gu, ' ')
    .toWellFormed();
}

/** People follow it: nothing but a page. */
function toPlainUrl(url: string | undefined): string | undefined {
  return url !== undefined && /^https?:\/\//i.test(url) ? toPlainText(url, MOST_URL) : undefined;
}

function toPlainAttempt(attempt: number): number {
  return Number.isFinite(attempt) ? Math.min(Math.max(1, Math.trunc(attempt)), MOST_ATTEMPTS) : 1;
}

function texts<Field extends string>(
  told: Readonly<Record<Field, string | undefined>>,
  most: number,
): { readonly [F in Field]?: string } {
  const known = Object.entries<string | undefined>(told).flatMap(([field, text]) =>
    text === undefined ? [] : [[field, toPlainText(text, most)]],
  );
  return Object.fromEntries(known) as { readonly [F in Field]?: string };
}

/** Without those that are none. */
function moments<Field extends string>(
  told: Readonly<Record<Field, number | undefined>>,
): { readonly [F in Field]?: number } {
  const known = Object.entries<number | undefined>(told).flatMap(([field, ms]) =>
    ms !== undefined && ms >= 0 && ms < LAST_MOMENT ? [[field, Math.trunc(ms)]] : [],
  );
  return Object.fromEntries(known) as { readonly [F in Field]?: number };
}
