import { median } from '../statistics.js';
import type { Figures } from './measure.js';

/** What came of one peer. */
export interface Outcome {
  readonly name: string;
  readonly about: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Of each round that it went through. */
  readonly rounds: readonly Figures[];
  /** Why it was measured no further. */
  readonly failure?: string;
}

/** An outcome with figures, of the middle and beside another's. */
export interface Summary {
  readonly name: string;
  readonly medians: Figures;
  /** To those of the first peer that has figures. */
  readonly ratios: Figures;
}

const NAMES = [
  'tenStepsP50',
  'tenStepsP95',
  'rate',
  'processorSeconds',
  'inSequence',
  'fanOut',
  'allAtOnce',
  'allRate',
  'allP50',
  'allP95',
  'storedKib',
  'peakMib',
] as const satisfies readonly (keyof Figures)[];

/** Peers without figures are left out. */
export function summarise(outcomes: readonly Outcome[]): readonly Summary[] {
  const measured = outcomes.filter(({ rounds }) => rounds.length > 0);
  const medians = measured.map(({ rounds }) =>
    mapFigures((name) => median(rounds.map((each) => each[name]))),
  );
  return measured.map(({ name }, at) => ({
    name,
    medians: medians[at]!,
    ratios: mapFigures((figure) => medians[at]![figure] / medians[0]![figure]),
  }));
}

function mapFigures(read: (name: keyof Figures) => number): Figures {
  return Object.fromEntries(NAMES.map((name) => [name, read(name)])) as unknown as Figures;
}

/** The order of a round: each round begins with another peer, so that none always follows the same one. */
export function orderOf<T>(peers: readonly T[], round: number): readonly T[] {
  const first = round % peers.length;
  return [...peers.slice(first), ...peers.slice(0, first)];
}
