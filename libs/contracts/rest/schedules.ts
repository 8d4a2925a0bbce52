import type { JsonObject } from '#domain/json.js';
import type { Overlap } from '../schedules.js';
import type { ReasonRequest } from './operations.js';
import type { RunViewStatus } from './runs.js';
import type { VersionName } from './workflows.js';

/** When a schedule ticks: the union of `crons` and `every`. */
export interface TimingRequest {
  /** Five fields each: minute, hour, day of the month, month, day of the week. */
  readonly crons?: readonly string[];
  /** A duration, `15m`. */
  readonly every?: string | null;
  /** A duration shorter than `every`. */
  readonly offset?: string | null;
  /** Of the IANA; `UTC` when absent. */
  readonly timeZone?: string;
  readonly startsAt?: string | null;
  readonly endsAt?: string | null;
  /** Each tick comes up to so much later, by chance. */
  readonly jitter?: string | null;
}

/** POST /schedules. */
export interface ScheduleRequest extends TimingRequest, ReasonRequest {
  readonly name: string;
  readonly description?: string | null;
  /** By name or id. */
  readonly workflow: string;
  /** Found out at each tick; the newest one when absent. */
  readonly version?: VersionName | null;
  readonly inputs?: JsonObject;
  /** `skip` when absent. */
  readonly overlap?: Overlap;
  /** How late a tick may still begin, after Temporal was away; `1h` when absent. */
  readonly catchUp?: string;
  readonly pauseOnFailure?: boolean;
}

/** PATCH /schedules/{id}: what it does not name stays as it is. */
export type ScheduleChange = Partial<ScheduleRequest>;

/** `pending`: Temporal has yet to be told of the latest change. */
export type ScheduleState = 'pending' | 'active' | 'paused';

/** GET /schedules and /schedules/{id}. */
export interface ScheduleView {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly workflow: string;
  readonly workflowId: string;
  readonly version?: VersionName;
  readonly inputs: JsonObject;
  readonly crons: readonly string[];
  readonly every?: string;
  readonly offset?: string;
  readonly timeZone: string;
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly jitter?: string;
  readonly overlap: Overlap;
  readonly catchUp: string;
  readonly pauseOnFailure: boolean;
  readonly state: ScheduleState;
  readonly pause?: { readonly by: string; readonly reason?: string; readonly at: string };
  /** The next tick; absent where none comes, or it is paused. */
  readonly next?: string;
  /** Why a tick, the latest of those that did, started no run. */
  readonly lastError?: ScheduleError;
  /** Why Temporal could not be told. */
  readonly trouble?: string;
  /** Ticks that Temporal left out because of an overlap, and because it was too late for them. */
  readonly skipped: number;
  readonly missed: number;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ScheduleError {
  readonly code: string;
  readonly message: string;
  /** The moment of the tick. */
  readonly at: string;
}

/** POST /schedules/{id}/backfill: the ticks of a time gone by that have started no run. */
export interface BackfillRequest extends ReasonRequest {
  /** Inclusive, both. */
  readonly from: string;
  readonly to: string;
  /** `buffer-all`, one after the other, when absent. */
  readonly overlap?: Overlap;
}

/** POST /schedules/{id}/trigger. */
export interface TriggerRequest extends ReasonRequest {
  /** That of the schedule when absent. */
  readonly overlap?: Overlap;
}

/** What was ordered, and for how many moments. */
export interface ScheduleOrderView {
  readonly id: string;
  readonly kind: 'trigger' | 'backfill';
  readonly from: string;
  readonly to: string;
  readonly ticks: number;
}

/** GET /schedules/{id}/next and POST /schedules/preview. */
export interface NextTimesView {
  readonly timeZone: string;
  readonly items: readonly {
    /** UTC. */
    readonly at: string;
    /** The same moment with the offset of the zone. */
    readonly local: string;
  }[];
}

/** GET /schedules/{id}/ticks, the latest first. */
export interface TickView {
  /** The moment that it stands for. */
  readonly at: string;
  /** `due`: its run is about to be accepted. */
  readonly state: 'due' | 'started' | 'not-started';
  readonly run?: { readonly id: string; readonly status?: RunViewStatus };
  readonly error?: { readonly code: string; readonly message: string };
  readonly notedAt: string;
}
