import type { ProblemCode } from '../http/problem-code.js';

export const SCHEDULE_PROBLEMS = {
  'schedule-not-found': {
    status: 404,
    title: 'There is no such schedule',
    cause: 'No schedule of the project has this id or name.',
    cure: 'Look at the list of schedules.',
  },
  'schedule-name-taken': {
    status: 409,
    title: 'There is a schedule of this name',
    cause: 'Another schedule of the project has the name.',
    cure: 'Choose another name, or change the schedule that is there.',
  },
  'schedule-limit-reached': {
    status: 409,
    title: 'There are too many schedules',
    cause: 'The project has as many schedules as it may.',
    cure: 'Remove some that nobody needs; one schedule may have several crons.',
  },
  'schedule-changed': {
    status: 412,
    title: 'The schedule is not as you know it',
    cause: 'If-Match names an entity tag that the schedule does not have any longer.',
    cure: 'Read the schedule again, and decide by what it is now.',
  },
  'schedule-busy': {
    status: 409,
    title: 'Too much is ordered of the schedule',
    cause: 'Triggers and backfills that were ordered before still wait for Temporal.',
    cure: 'Wait until they have been told; look at `trouble` of the schedule.',
  },
  'backfill-too-large': {
    status: 422,
    title: 'The backfill has too many ticks',
    cause: 'In the time from `from` to `to` the schedule ticks more often than one backfill may.',
    cure: 'Order it in parts, one after the other.',
  },
} as const satisfies Record<string, ProblemCode>;
