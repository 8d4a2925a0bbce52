import { encodeHistory, type NamedHistory } from '../history-files.js';
import { replayHistories } from '../replay-histories.js';
import { LineCoverage } from './coverage.js';
import { featuresOf } from './features.js';

/** Bytes of one file, and of all together. */
const MOST_BYTES = 24 * 1024;
const MOST_TOGETHER = 2_000_000;

export interface Choice {
  readonly kept: readonly NamedHistory[];
  /** Names of those that do not replay, with the reason. */
  readonly broken: readonly string[];
  readonly lines: number;
  readonly features: number;
}

/** Those that show something that none before them shows. */
export async function selectHistories(
  code: string,
  known: readonly NamedHistory[],
  candidates: readonly NamedHistory[],
): Promise<Choice> {
  const coverage = await LineCoverage.start(code);
  const seen = new Set<string>();
  const kept: NamedHistory[] = [];
  const broken: string[] = [];
  const all = [...known, ...candidates];
  let [at, bytes] = [0, 0];
  for await (const replayed of replayHistories(code, all)) {
    const candidate = all[at++]!;
    const lines = (await coverage.take()).map((line) => `line ${line}`);
    if (replayed.error !== undefined) broken.push(`${replayed.name}: ${replayed.error.message}`);
    else {
      const shown = [...lines, ...(await featuresOf(candidate.history, replayed))];
      const adds = shown.some((one) => !seen.has(one));
      const size = encodeHistory(candidate.history).length;
      const fits = at <= known.length || (adds && size <= MOST_BYTES && bytes + size <= MOST_TOGETHER);
      if (!fits) continue;
      if (at > known.length) kept.push(candidate);
      bytes += size;
      for (const one of shown) seen.add(one);
    }
  }
  coverage.close();
  const lines = [...seen].filter((one) => one.startsWith('line ')).length;
  return { kept, broken, lines, features: seen.size - lines };
}
