import proto from '@temporalio/proto';
import type { History, HistoryEvent, NamedHistory } from './history-files.js';

const { EventType } = proto.temporal.api.enums.v1;

/** What core answers by itself or asks a worker for, where a task is the last of a history: no task is cut before it. */
const NOT_LAST: readonly number[] = [
  EventType.EVENT_TYPE_MARKER_RECORDED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
];

/**
 * A history as far as each of its tasks knew it: what a worker is handed that takes a run over from another, or has
 * dropped it from its cache. The last task is not a replay: the worker decides it.
 */
export function prefixesOf({ name, history }: NamedHistory): NamedHistory[] {
  const events = history.events ?? [];
  if (events.some(isLocalActivity)) return [];
  return events.flatMap((event, at) =>
    event.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED && isCut(events, at)
      ? [{ name: `${name} up to event ${event.eventId}`, history: { events: events.slice(0, at + 1) } }]
      : [],
  );
}

/** A task that leads to one stays open for it, and would do it anew. */
function isLocalActivity({ markerRecordedEventAttributes: marker }: HistoryEvent): boolean {
  return marker?.markerName === 'core_local_activity';
}

/** Whether the task came to its end, by itself. */
function isCut(events: History['events'] & object, at: number): boolean {
  if (events[at + 1]?.eventType !== EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) return false;
  const next = events.findIndex((event, index) => index > at + 1 && startsTask(event));
  const answer = events.slice(at + 2, next === -1 ? undefined : next);
  return !answer.some(({ eventType }) => NOT_LAST.includes(eventType!));
}

function startsTask({ eventType }: HistoryEvent): boolean {
  return eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED;
}
