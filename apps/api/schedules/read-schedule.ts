import type { TimingRequest } from '#contracts/rest/schedules.js';
import { parseDuration } from '#domain/definition/duration.js';
import { readTiming, type TimingText } from '#domain/schedules/timing.js';
import type { ScheduleFields, ScheduleRow } from '#persistence/schedules/schedule-repository.js';
import { type FieldError, problemError } from '../http/problem.js';
import type { ScheduleChangeBody } from './schedule.body.js';

const TIMING = ['crons', 'every', 'offset', 'timeZone', 'startsAt', 'endsAt', 'jitter'] as const;
/** As Temporal has it. */
const LEAST_CATCH_UP_MS = 10_000;

const DEFAULTS = {
  description: null,
  version: null,
  inputs: {},
  timing: {},
  overlap: 'skip',
  catchUpMs: '3600000',
  pauseOnFailure: false,
} as const satisfies Partial<ScheduleFields>;

/**
 * What the body makes of the schedule that was there before, its workflow aside. Throws SluiceError `request-invalid`
 * with all that is wrong.
 */
export function readSchedule(
  body: ScheduleChangeBody,
  before: ScheduleRow | undefined,
  now: number,
): Omit<ScheduleFields, 'workflowId'> {
  const errors: FieldError[] = [];
  const base = before ?? { ...DEFAULTS, name: '' };
  const timing = mergeTiming(base.timing, body);
  const changesTiming = before === undefined || TIMING.some((name) => body[name] !== undefined);
  const read = readTiming(timing, changesTiming ? now : undefined);
  if ('errors' in read) errors.push(...read.errors);
  const catchUpMs = body.catchUp === undefined ? Number(base.catchUpMs) : parseDuration(body.catchUp);
  if (catchUpMs === undefined || catchUpMs < LEAST_CATCH_UP_MS)
    errors.push({ path: 'catchUp', message: 'must be a duration of 10s to 366d' });
  if (errors.length > 0) throw refuse(errors);
  const { name, description, version, inputs, overlap, pauseOnFailure } = body;
  return {
    name: name ?? base.name,
    description: description === undefined ? base.description : description,
    version: version === undefined ? base.version : version,
    inputs: inputs ?? base.inputs,
    timing,
    overlap: overlap ?? base.overlap,
    catchUpMs: String(catchUpMs),
    pauseOnFailure: pauseOnFailure ?? base.pauseOnFailure,
  };
}

export function refuse(errors: readonly FieldError[]): Error {
  const text = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
  return problemError('request-invalid', `The request is not valid: ${text}.`.slice(0, 2_000), { errors });
}

/** What is null is taken away. */
function mergeTiming(before: TimingRequest, body: TimingText): TimingRequest {
  const merged = TIMING.map((name) => [name, body[name] === undefined ? before[name] : body[name]] as const);
  return Object.fromEntries(merged.filter(([, value]) => value != null)) as TimingRequest;
}
