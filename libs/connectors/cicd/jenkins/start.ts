import type { Execution, ExecutionReference } from '#contracts/cicd/execution.js';
import { Answer } from '../http/answer.js';
import { createInputsRefused, createRefNotFound } from '../http/pipeline-failure.js';
import type { PlatformResponse } from '../http/platform-http.js';
import { createRefusal } from '../http/refusal.js';
import type { OrUnsupported, Target, TriggerRequest } from '../platform.js';
import { KEY_PARAMETER, TITLE } from './description.js';
import { readParameters } from './execution.js';
import { findStarted } from './find.js';
import { requireBuild } from './follow.js';
import type { JenkinsHttp } from './http.js';
import { type Job, type JobPath, jobOf, jobPathOf, referTo, showJobPath, writeJobPath } from './job-path.js';
import { findProblems, isParameterized, PARAMETERS_TREE, readDeclared } from './parameters.js';

/** Throws SluiceError `pipeline-ref-not-found` where the job is there, and the branch is not. */
export async function requireJob(http: JenkinsHttp, target: Target, tree: string): Promise<Answer> {
  const { project, pipeline, ref } = target;
  const path = jobPathOf(project, pipeline, ref);
  const subject = `job ${showJobPath(path)}`;
  const ask = (job: JobPath, expected: readonly number[]) =>
    http.get({ path: `${writeJobPath(job)}/api/json`, query: { tree }, expected, subject });
  const { status, value } = await ask(path, ref === undefined ? [] : [404]);
  if (status === 404) {
    const above = path.slice(0, -1);
    await http.get({
      path: `${writeJobPath(above)}/api/json`,
      query: { tree: 'name' },
      subject: `job ${showJobPath(above)}`,
    });
    throw createRefNotFound(TITLE, showJobPath(above), ref);
  }
  return new Answer(value, 'the job');
}

/** Throws SluiceError `pipeline-inputs-refused`, `pipeline-ref-not-found`. */
export async function start(http: JenkinsHttp, request: TriggerRequest): Promise<Execution> {
  const { key, keyInput, inputs } = request;
  const wanted = jobOf(request);
  const { path } = wanted;
  const job = await requireJob(http, request, `name,buildable,nextBuildNumber,jobs[name],${PARAMETERS_TREE}`);
  if (job.has('jobs')) throw createRefNotFound(TITLE, showJobPath(path), request.ref);
  const declared = readDeclared(job);
  const problems = findProblems(inputs, declared);
  if (problems.length > 0) throw createInputsRefused(TITLE, showJobPath(path), problems);
  const takesKey = declared.some(({ name }) => name === keyInput);
  const form = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, String(value)]));
  return send(http, {
    job: wanted,
    form: takesKey ? { ...form, [keyInput]: key } : form,
    isParameterized: isParameterized(job),
    next: job.findNumber('nextBuildNumber') ?? 1,
    key: takesKey ? key : '',
  });
}

interface Start {
  readonly job: Job;
  readonly form: Readonly<Record<string, string>>;
  readonly isParameterized: boolean;
  /** Number of the build that comes next. */
  readonly next: number;
  readonly key: string;
}

async function send(http: JenkinsHttp, { job, form, isParameterized, next, key }: Start): Promise<Execution> {
  const { path } = job;
  const subject = `job ${showJobPath(path)}`;
  const answer = await http.post({
    path: `${writeJobPath(path)}/${isParameterized ? 'buildWithParameters' : 'build'}`,
    // As a person's click does it: a quiet period is for pushes that follow each other.
    query: { delay: '0sec' },
    form,
    expected: [409],
    subject,
  });
  if (answer.status === 409)
    throw createRefusal({ title: TITLE, subject, status: 409, words: 'the job is disabled' });
  const item = /\/queue\/item\/(\d{1,15})\b/.exec(answer.headers['location'] ?? '')?.[1];
  const reference =
    item === undefined
      ? referTo({ kind: 'coming', job, number: next, key })
      : referTo({ kind: 'queue', item: Number(item), job });
  return describeQueued(http, path, reference, { answer, key });
}

function describeQueued(
  { connection }: JenkinsHttp,
  path: JobPath,
  reference: ExecutionReference,
  { answer, key }: { readonly answer: PlatformResponse; readonly key: string },
): Execution {
  const told = Date.parse(answer.headers['date'] ?? '');
  return {
    reference,
    attempt: 1,
    state: 'queued',
    native: 'QUEUED',
    title: `${showJobPath(path)} (in the queue)`,
    url: `${connection.baseUrl}${writeJobPath(path)}/`,
    createdAt: Number.isNaN(told) ? Date.now() : told,
    ...(key === '' ? {} : { key }),
  };
}

/**
 * A new build with the parameters of an old one. It carries a key of its own, made of the old one's and its number, so that it
 * is neither taken for what the first key started, nor started twice when an answer is lost.
 */
export async function startAgain(
  http: JenkinsHttp,
  reference: ExecutionReference,
): Promise<OrUnsupported<Execution>> {
  const { job, number, build } = await requireBuild(http, reference);
  const parameters = readParameters(build);
  if ([...parameters.values()].some((value) => value === undefined))
    return {
      unsupported: 'retry-all',
      instead: 'Start the job anew: Jenkins does not tell the values of secret parameters and files.',
    };
  const form = Object.fromEntries([...parameters].map(([name, value]) => [name, String(value)]));
  const old = form[KEY_PARAMETER] ?? '';
  const key = old === '' ? '' : `${old}~${number}`;
  if (key !== '') {
    const since = build.findNumber('timestamp') ?? 0;
    const found = await findStarted(http, job, { key, keyInput: KEY_PARAMETER, since });
    if (found.outcome === 'found' && found.execution.endedAt === undefined) return found.execution;
  }
  const { value } = await http.get({
    path: `${writeJobPath(job.path)}/api/json`,
    query: { tree: `nextBuildNumber,${PARAMETERS_TREE}` },
    subject: `job ${showJobPath(job.path)}`,
  });
  const now = new Answer(value, 'the job');
  return send(http, {
    job,
    form: key === '' ? form : { ...form, [KEY_PARAMETER]: key },
    isParameterized: isParameterized(now),
    next: now.findNumber('nextBuildNumber') ?? 1,
    key,
  });
}
