import type { ChangeFactors, RiskAssessment, RiskEnvironment } from './risk.js';

/** How the history was come by. */
export type HistoryOrigin =
  /** Read from the index, which led to the very commit, or to a later one. */
  | 'index'
  /** Read from the index, and what came after it from git. */
  | 'index-continued'
  /** Read from git, all of it. */
  | 'git';

/** What the factors rest on. */
export interface HistoryFacts {
  readonly base: string | undefined;
  readonly head: string;
  /** Commits that were looked at, merges left out. */
  readonly commits: number;
  /** There was nothing before them. */
  readonly complete: boolean;
  readonly shallow: boolean;
  readonly origin: HistoryOrigin;
  readonly notes: readonly string[];
}

/** An assessment, and what it rests on. */
export interface RiskReport extends RiskAssessment {
  readonly factors: ChangeFactors;
  readonly history: HistoryFacts;
}

/** Assesses changes for steps. */
export type RiskAssessor = (request: {
  readonly folder: string;
  /** The repository must lie in this folder as a whole. */
  readonly within: string;
  readonly base?: string;
  readonly head: string;
  readonly environment?: RiskEnvironment;
  readonly signal: AbortSignal;
}) => Promise<RiskReport>;
