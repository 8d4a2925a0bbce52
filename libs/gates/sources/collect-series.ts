import { parseDuration } from '#domain/definition/duration.js';
import { isSluiceError, SluiceError } from '#domain/errors.js';
import { type Point, reduceSamples, requireSamples, type SeriesSettings, type Window } from './series.js';
import type { CollectWorld, Reading } from './source.js';

interface SeriesQuestion extends SeriesSettings {
  readonly query: string;
  readonly range?: string;
  readonly baseline?: string;
  readonly baselineOffset?: string;
}

interface SeriesService {
  /** Time between two observations. */
  readonly stepMs: (rangeMs: number) => number;
  /** One series of the window; a window without length is a moment. */
  readonly query: (query: string, window: Window) => Promise<SeriesAnswer>;
}

export interface SeriesAnswer {
  readonly points: readonly Point[];
  /** What one of them stands for, where the service decides it. */
  readonly stepMs?: number;
  /** The same for where the window begins. */
  readonly start?: number;
}

/** What all services of time series have in common: the window, the baseline, what can be relied on, how it is reduced. */
export async function collectSeries(
  source: SeriesQuestion,
  world: CollectWorld,
  service: SeriesService,
): Promise<Reading> {
  const end = world.now();
  const rangeMs = parseDuration(source.range ?? '') ?? 0;
  const window = { start: end - rangeMs, end, stepMs: rangeMs === 0 ? 0 : service.stepMs(rangeMs) };
  const ask = async (query: string, earlierMs: number) => {
    const asked = { ...window, start: window.start - earlierMs, end: window.end - earlierMs };
    const { points, ...decided } = await service.query(query, asked);
    return requireSamples(points, { ...asked, ...decided }, source);
  };
  const { baseline, baselineOffset } = source;
  const isCompared = baseline !== undefined || baselineOffset !== undefined;
  const [points, compared] = await Promise.all([
    ask(source.query, 0),
    isCompared
      ? ask(baseline ?? source.query, parseDuration(baselineOffset ?? '') ?? 0).catch(nameBaseline)
      : undefined,
  ]);
  return reduceSamples(points, source.reduce ?? (isCompared ? 'samples' : 'average'), compared);
}

function nameBaseline(error: unknown): never {
  if (!isSluiceError(error)) throw error;
  const { code, fault, message, hint, details } = error;
  throw new SluiceError({
    ...{ code, fault, details, cause: error },
    message: `Of the baseline: ${message}`,
    ...(hint === undefined ? {} : { hint }),
  });
}
