import type { ExecutionReference } from '#contracts/cicd/execution.js';
import { type LogSegment, readSegments } from '../http/log-segments.js';
import { createRefusal } from '../http/refusal.js';
import type { LogPart } from '../platform.js';
import { type CircleCiApi, TITLE } from './api.js';
import { type Action, getBuild } from './build.js';
import { findNumber } from './jobs.js';
import { readMessages } from './messages.js';

const TIMEOUT_MS = 30_000;
/** Far more than CircleCI keeps of a step. */
const MOST_BYTES = 4 * 1024 ** 3;

/** The output of its steps, one after another. It is there once a step has ended. */
export async function readLog(
  api: CircleCiApi,
  reference: ExecutionReference,
  job: string,
  offset: number,
): Promise<LogPart> {
  const number = await findNumber(api, reference, job);
  if (number === undefined) return { bytes: nothing(), complete: false };
  const { steps, isOver } = await getBuild(api, reference, number);
  const segments = steps
    .flatMap(({ actions }) => actions)
    .map((action) => segmentOf(api, action, { log: `${reference.project}/${number}`, isOver }));
  return { bytes: readSegments(segments, offset, api.connection.memory), complete: isOver };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

interface Within {
  readonly log: string;
  readonly isOver: boolean;
}

function segmentOf(api: CircleCiApi, action: Action, { log, isOver }: Within): LogSegment<undefined> {
  const { id, outputUrl } = action;
  const isReady = action.isOver || isOver;
  return {
    id: `${log}/${id}`,
    complete: isReady,
    open: async () => ({
      fromMark: false,
      bytes: outputUrl === undefined || !isReady ? nothing() : await open(api, outputUrl, log),
      mark: () => undefined,
    }),
  };
}

/** Signed for a while by itself: nothing else proves who asks. */
async function open(
  { connection }: CircleCiApi,
  url: string,
  log: string,
): Promise<AsyncIterable<Uint8Array>> {
  const { status, body } = await connection.stream({
    url,
    method: 'GET',
    headers: { accept: 'application/json' },
    timeoutMs: TIMEOUT_MS,
    maxBytes: MOST_BYTES,
  });
  if (status === 200) return readMessages(body);
  await body[Symbol.asyncIterator]().return?.();
  throw createRefusal({ title: TITLE, subject: `output of a step of ${log}`, status, words: '' });
}
