import type { Page } from '#contracts/rest/page.js';
import type {
  BackfillRequest,
  NextTimesView,
  ScheduleOrderView,
  ScheduleRequest,
  ScheduleView,
  TickView,
  TriggerRequest,
} from '#contracts/rest/schedules.js';
import { type Endpoint, request, toQuery } from './http.js';
import { readAll } from './read-all.js';

/** Workflows that are started by time; a schedule is named by its id or name. */
export interface SchedulesApi {
  listSchedules(): Promise<readonly ScheduleView[]>;
  getSchedule(schedule: string): Promise<ScheduleView>;
  createSchedule(schedule: ScheduleRequest): Promise<ScheduleView>;
  pauseSchedule(schedule: string, reason: string | undefined): Promise<ScheduleView>;
  resumeSchedule(schedule: string, reason: string | undefined): Promise<ScheduleView>;
  triggerSchedule(schedule: string, order: TriggerRequest): Promise<ScheduleOrderView>;
  backfillSchedule(schedule: string, order: BackfillRequest): Promise<ScheduleOrderView>;
  nextTimes(schedule: string, count: number): Promise<NextTimesView>;
  /** The latest. */
  listTicks(schedule: string, limit: number): Promise<readonly TickView[]>;
  deleteSchedule(schedule: string): Promise<void>;
}

export function createSchedulesApi(endpoint: Endpoint): SchedulesApi {
  const post = <T>(path: string, body: unknown) =>
    request<T>(endpoint, {
      method: 'POST',
      path,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  const get = <T>(path: string) => request<T>(endpoint, { method: 'GET', path });
  return {
    listSchedules: () => readAll((page) => get<Page<ScheduleView>>(`/schedules${toQuery({ ...page })}`)),
    getSchedule: (schedule) => get(pathOf(schedule)),
    createSchedule: (schedule) => post('/schedules', schedule),
    pauseSchedule: (schedule, reason) => post(`${pathOf(schedule)}/pause`, { reason }),
    resumeSchedule: (schedule, reason) => post(`${pathOf(schedule)}/resume`, { reason }),
    triggerSchedule: (schedule, order) => post(`${pathOf(schedule)}/trigger`, order),
    backfillSchedule: (schedule, order) => post(`${pathOf(schedule)}/backfill`, order),
    nextTimes: (schedule, count) => get(`${pathOf(schedule)}/next${toQuery({ count })}`),
    listTicks: async (schedule, limit) =>
      (await get<Page<TickView>>(`${pathOf(schedule)}/ticks${toQuery({ limit })}`)).items,
    deleteSchedule: (schedule) => request(endpoint, { method: 'DELETE', path: pathOf(schedule) }),
  };
}

function pathOf(schedule: string): string {
  return `/schedules/${encodeURIComponent(schedule)}`;
}
