import type { Change, Evidence } from './facts.js';
import { evidenceOfFiles, type Impact, isTest, PLACES, type PlaceName } from './impact.js';

/** How much care a change deserves, as a sum of what speaks for it. */
export interface Risk {
  /** 0 to 100. */
  readonly score: number;
  readonly level: 'low' | 'medium' | 'high';
  readonly because: readonly RiskFactor[];
}

interface RiskFactor {
  readonly points: number;
  readonly text: string;
  readonly evidence: readonly Evidence[];
}

/** Of each place that a change touches. */
export const POINTS: Readonly<Record<PlaceName, number>> = {
  migrations: 35,
  infrastructure: 35,
  ci: 20,
  locks: 10,
  access: 15,
};

/** From these points on. */
const LEVELS = { medium: 30, high: 60 } as const;

/** Lines changed, and the points for at least so many. */
const SIZES: readonly (readonly [lines: number, points: number])[] = [
  [2_000, 30],
  [500, 20],
  [100, 10],
];

const MANY_PROJECTS = 5;

export function assessRisk(change: Change, impact: Impact): Risk {
  const lines = change.files.reduce((sum, { added, removed }) => sum + added + removed, 0);
  const size = SIZES.find(([least]) => lines >= least);
  const sources = change.files.filter(({ path }) => SOURCE.test(path) && !isTest(path));
  const tested = change.files.some(({ path }) => isTest(path));
  const factors: RiskFactor[] = [
    ...(Object.keys(PLACES) as PlaceName[]).flatMap((name) => {
      const files = impact.places[name];
      if (files.length === 0) return [];
      return [
        { points: POINTS[name], text: `It touches ${PLACES[name].title}.`, evidence: evidenceOfFiles(files) },
      ];
    }),
    ...(size === undefined ? [] : [{ points: size[1], text: `It changes ${lines} lines.`, evidence: [] }]),
    ...(impact.selected.size >= MANY_PROJECTS
      ? [{ points: 10, text: `It reaches ${impact.selected.size} projects.`, evidence: [] }]
      : []),
    ...(sources.length > 0 && !tested
      ? [{ points: 10, text: 'It changes code and no test.', evidence: evidenceOfFiles(sources) }]
      : []),
  ];
  const score = Math.min(
    100,
    factors.reduce((sum, { points }) => sum + points, 0),
  );
  return {
    score,
    level: score >= LEVELS.high ? 'high' : score >= LEVELS.medium ? 'medium' : 'low',
    because: factors,
  };
}

const SOURCE = /\.(ts|tsx|js|jsx|mjs|cjs|py|go|java|kt|kts|scala|rs|cs|fs|vb|rb|php|c|cc|cpp|h|swift|sh)$/;
