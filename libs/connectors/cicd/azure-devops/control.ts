import { type Execution, type ExecutionReference, isOver } from '#contracts/cicd/execution.js';
import { encodePart } from '../http/encode-part.js';
import { createRefusal } from '../http/refusal.js';
import { readStatus } from './builds.js';
import { TITLE } from './description.js';
import { type AzureHttp, pathOf } from './http.js';
import { readTimeline, type TimelineRecord } from './timeline.js';

export async function cancel(http: AzureHttp, reference: ExecutionReference): Promise<void> {
  if (isOver((await readStatus(http, reference)).state)) return;
  const subject = `end of run ${reference.id}`;
  const body = { status: 'cancelling' };
  const { status } = await http.send({
    method: 'PATCH',
    path: pathOf(reference),
    body,
    expected: [400, 409],
    subject,
  });
  // It may have ended in between.
  if (status < 400 || isOver((await readStatus(http, reference)).state)) return;
  throw createRefusal({ title: TITLE, subject, status, words: '' });
}

/** Stages of the same run: their attempts count on, the run's own do not, so that it is the same one for all who ask. */
export async function retry(
  http: AzureHttp,
  reference: ExecutionReference,
  what: 'all' | 'failed',
): Promise<Execution> {
  const records = await readTimeline(http, reference);
  const stages = records.filter(({ type }) => type === 'Stage');
  const wanted =
    what === 'all' ? stages : stages.filter(({ state }) => state === 'failed' || state === 'canceled');
  let done = 0;
  for (const stage of wanted)
    if (await retryStage(http, reference, { stage, what, isFirst: done === 0 })) done += 1;
  if (done === 0) throw createNothingToRetry(reference);
  return readStatus(http, reference);
}

/** Those after the first wait for it by themselves, and may refuse. */
async function retryStage(
  http: AzureHttp,
  reference: ExecutionReference,
  {
    stage,
    what,
    isFirst,
  }: { readonly stage: TimelineRecord; readonly what: 'all' | 'failed'; readonly isFirst: boolean },
): Promise<boolean> {
  const { status } = await http.send({
    method: 'PATCH',
    path: `${pathOf(reference)}/stages/${encodePart(TITLE, 'stage', stage.identifier ?? stage.name)}`,
    body: { state: 'retry', forceRetryAllJobs: what === 'all' },
    expected: isFirst ? [] : [400, 409],
    subject: `another attempt of the stage ${stage.name}`,
  });
  return status < 400;
}

function createNothingToRetry({ id }: ExecutionReference): Error {
  return createRefusal({
    title: TITLE,
    subject: `another attempt of run ${id}`,
    status: 409,
    words: 'none of its stages has failed',
  });
}
