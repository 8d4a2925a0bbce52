import { setTimeout as delay } from 'node:timers/promises';
import { FINAL_RUN_STATUSES, type LogView, type RunView, type StepView } from '#contracts/rest/runs.js';
import { isSluiceError, type SluiceError } from '#domain/errors.js';
import type { Api } from './api.js';
import { parseEventStream } from './event-stream.js';
import { unreachableError } from './server-error.js';

/** What becomes known of a run, in order; `end` is the last. A step comes whole, without its output. */
export type RunNews =
  | { readonly type: 'run' | 'end'; readonly run: RunView }
  | { readonly type: 'step'; readonly step: StepView }
  | { readonly type: 'log'; readonly log: LogView };

/** How patient to be; milliseconds. */
export interface Pace {
  readonly firstDelay: number;
  readonly maxDelay: number;
  /** Tries in a row without any news before giving up. */
  readonly tries: number;
  /** Between two looks where the server cannot stream. */
  readonly poll: number;
  /** A connection that says nothing for this long is taken for dead and made anew. */
  readonly silence: number;
}

/** Gives a server that is being restarted a minute and a half. */
export const PATIENT: Pace = { firstDelay: 250, maxDelay: 5000, tries: 20, poll: 1000, silence: 60_000 };

/**
 * Follows a run to its end: by its event stream, taken up again at the last event seen when the connection breaks;
 * by asking again and again where the stream cannot be had. Ends early, silently, when `signal` aborts.
 * Throws SluiceError: the server's refusal, or `server-unreachable` after `pace.tries` tries in a row.
 */
export async function* followRun(
  api: Api,
  id: string,
  signal: AbortSignal,
  pace = PATIENT,
): AsyncGenerator<RunNews> {
  const link: Link = { api, id, signal, pace, failures: 0, delay: pace.firstDelay };
  while (!signal.aborted) {
    try {
      for await (const news of link.polling ? poll(link) : stream(link)) {
        link.failures = 0;
        yield news;
        if (news.type === 'end') {
          return;
        }
      }
      throw unreachableError(api.server, 'the stream ended before the run did');
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      adapt(link, isSluiceError(error) ? error : unreachableError(api.server, error));
    }
    await pause(link);
  }
}

interface Link {
  readonly api: Api;
  readonly id: string;
  readonly signal: AbortSignal;
  readonly pace: Pace;
  failures: number;
  delay: number;
  lastEventId?: string;
  logCursor?: string;
  polling?: true;
}

/** Codes that say: there is no stream to be had, but the run can be asked for. */
const NO_STREAM = ['answer-not-understood', 'too-many-streams', 'too-many-caller-streams'];

/** Decides what a failure means for the next try; throws it where there is to be none. */
function adapt(link: Link, error: SluiceError): void {
  link.failures += 1;
  if (link.failures >= link.pace.tries || error.fault === 'user') {
    throw error;
  }
  if (NO_STREAM.includes(error.code)) link.polling = true;
}

async function pause(link: Link): Promise<void> {
  const ms = Math.min(link.delay * 2 ** Math.max(0, link.failures - 1), link.pace.maxDelay);
  await delay(ms, undefined, { signal: link.signal }).catch(() => {});
}

async function* stream(link: Link): AsyncGenerator<RunNews> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), link.pace.silence);
  try {
    const signal = AbortSignal.any([link.signal, silence.signal]);
    const chunks = await link.api.openEvents(link.id, link.lastEventId, signal);
    const onReconnectionTime = (ms: number) => {
      link.delay = Math.min(ms, link.pace.maxDelay);
    };
    for await (const event of parseEventStream(
      onChunk(chunks, () => timer.refresh()),
      onReconnectionTime,
    )) {
      if (event.id !== undefined) {
        link.lastEventId = event.id;
      }
      const news = toNews(event.event, event.data);
      if (news !== undefined) {
        yield news;
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

async function* onChunk(chunks: AsyncIterable<Uint8Array>, seen: () => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    seen();
    yield chunk;
  }
}

/** An event of a kind that a newer server may send is no news to us. */
function toNews(event: string, data: string): RunNews | undefined {
  switch (event) {
    case 'run':
    case 'end':
      return { type: event, run: JSON.parse(data) as RunView };
    case 'step':
      return { type: 'step', step: JSON.parse(data) as StepView };
    case 'log':
      return { type: 'log', log: JSON.parse(data) as LogView };
    default:
      return undefined;
  }
}

async function* poll(link: Link): AsyncGenerator<RunNews> {
  const { api, id } = link;
  const seen = new Map<string, string>();
  while (!link.signal.aborted) {
    // The run first: what it says to be over, the steps and logs asked for after it hold completely.
    const run = await api.getRun(id);
    yield { type: 'run', run };
    for (const step of await api.getSteps(id)) {
      const state = JSON.stringify([step.status, step.waitingFor, step.approval, step.attempts]);
      if (seen.get(step.key) !== state) {
        seen.set(step.key, state);
        yield { type: 'step', step };
      }
    }
    for await (const log of readLogs(api, id, link.logCursor)) {
      link.logCursor = log.cursor;
      yield { type: 'log', log };
    }
    if (isFinal(run)) {
      yield { type: 'end', run };
      return;
    }
    await delay(link.pace.poll, undefined, { signal: link.signal });
  }
}

/** Every line there is after `cursor`, oldest first. */
export async function* readLogs(
  api: Pick<Api, 'getLogs'>,
  id: string,
  cursor: string | undefined,
  step?: string,
): AsyncGenerator<LogView> {
  let after = cursor;
  do {
    const page = await api.getLogs(id, {
      limit: LINES_A_PAGE,
      ...(after !== undefined && { after }),
      ...(step !== undefined && { step }),
    });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}

const LINES_A_PAGE = 500;

export function isFinal(run: RunView): boolean {
  return FINAL_RUN_STATUSES.includes(run.status);
}
