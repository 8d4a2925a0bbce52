import type { Recommendation, TableStatistics } from '#domain/retention/recommend.js';
import type {
  RetentionKindName,
  RetentionPassStatus,
  RetentionResult,
  RetentionTrigger,
} from '../retention.js';

export interface RetentionPeriod {
  readonly kind: RetentionKindName;
  readonly days: number;
  /** Whether what is removed goes into the archive first; true when absent. */
  readonly archive?: boolean;
}

export interface RetentionPeriodView extends RetentionPeriod {
  readonly archive: boolean;
  readonly updatedBy: string;
  readonly updatedAt: string;
}

export interface RetentionView {
  /** Of kinds that are not kept for ever. */
  readonly periods: readonly RetentionPeriodView[];
  /** Time of day, UTC. */
  readonly nightly: string;
}

export interface RetentionRequest {
  /** All of them: a kind that is not named is kept for ever. */
  readonly periods: readonly RetentionPeriod[];
  readonly reason?: string;
}

export interface RetentionForecastView {
  readonly kind: RetentionKindName;
  readonly days: number;
  /** What was over before is too old. */
  readonly before: string;
  readonly items: number;
  /** Old enough, but needed by what is kept. */
  readonly held: number;
  readonly oldest?: string;
}

export interface RetentionPassView {
  readonly id: string;
  readonly trigger: RetentionTrigger;
  readonly status: RetentionPassStatus;
  readonly startedBy: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly results: readonly RetentionResult[];
  readonly error?: string;
}

export interface RetentionStatisticsView {
  readonly kinds: readonly {
    readonly kind: RetentionKindName;
    readonly items: number;
    readonly bytes: number;
    readonly bytesPerDay: number;
    readonly oldest?: string;
    readonly tables: readonly TableStatistics[];
  }[];
  readonly recommendations: readonly Recommendation[];
}
