import { parseMoment } from '../../../definition/moment.js';
import { entriesOf, isList, isMap, itemsOf, type Spot } from '../../../definition/tree.js';
import type { JsonObject } from '../../../json.js';
import { writeDuration } from '../durations.js';
import { convertCondition, convertText, convertValue } from '../expressions/convert.js';
import { asMap, keyOf, normalizeKey, numberOf, textOf } from '../keys.js';
import { toId } from '../names.js';
import type { ReadKind } from './kind.js';

const DURATIONS = [
  'duration',
  'delay',
  'wait',
  'sleep',
  'seconds',
  'time',
  'waittime',
  'waitfor',
  'for',
  'durationms',
  'durationseconds',
  'delayms',
  'delayseconds',
  'milliseconds',
  'ms',
  'minutes',
  'hours',
  'days',
  'waitms',
  'waitseconds',
  'sleepms',
  'sleepseconds',
  'waitduration',
  'period',
  'interval',
  'durationminutes',
  'delayminutes',
  'amount',
  'value',
  'pause',
  'timeoutms',
  'timeoutseconds',
];
const EVENTS = [
  'event',
  'eventname',
  'signal',
  'signalname',
  'eventtype',
  'waitforevent',
  'message',
  'topic',
];

/** A pause, a moment, or an event. */
export const readWait: ReadKind = ({ keys, source, document, scope, timeout }) => {
  const { conversion, durations } = document;
  const event = keys.take(...EVENTS);
  if (event !== undefined) {
    source.output = 'event';
    const condition = keys.take('filter', 'match', 'eventcondition');
    return () => {
      const at = scope(event);
      const name = isMap(event)
        ? textOf(entriesOf(event).find(([key]) => /^(name|type)$/i.test(key))?.[1])
        : textOf(event);
      const written = name && convertText(name, at);
      const asked =
        condition &&
        convertCondition(condition, { ...at, variables: new Map([...at.variables, ['event', 'event']]) });
      return written === undefined
        ? undefined
        : { waitFor: { event: written, ...(asked === undefined ? {} : { if: asked.text }) } };
    };
  }
  const until = keys.take('until', 'untiltime', 'timestamp', 'date', 'datetime', 'waituntil', 'resumeat');
  if (until !== undefined) {
    return () => {
      const moment = convertText(textOf(until) ?? '', scope(until));
      if (moment === undefined) return undefined;
      if (moment.includes('${{') || parseMoment(moment) !== undefined) return { wait: { until: moment } };
      conversion.refuse(
        'steps-value-unknown',
        until,
        'This is no moment (RFC 3339).',
        'Write `2030-01-31T08:00:00Z`.',
      );
      return undefined;
    };
  }
  const unit = textOf(keys.take('unit', 'units', 'timeunit'));
  const duration = keys.take(...DURATIONS);
  if (duration === undefined && timeout !== undefined) return () => ({ wait: writeDuration(timeout) });
  if (duration === undefined) {
    conversion.refuse(
      'steps-kind-unknown',
      source.spot,
      'The step waits and does not say for what.',
      'Write `duration: 30s`, `until: 2030-01-31T08:00:00Z` or `event: deployed`.',
    );
    return undefined;
  }
  return () => {
    const text = textOf(duration) ?? '';
    if (/\$|\{\{/.test(text)) return writeComputed(convertText(text, scope(duration)), unit);
    const spot: Spot =
      unit === undefined || numberOf(duration) === undefined
        ? duration
        : {
            ...duration,
            node: { kind: 'scalar', value: `${text} ${unit}`, position: duration.node.position },
          };
    const bare =
      /^(seconds|minutes|hours|days|milliseconds|ms)$/.test(normalizeKey(keyOf(duration))) &&
      numberOf(duration) !== undefined;
    const ms = durations.read(
      bare
        ? {
            ...duration,
            node: {
              kind: 'scalar',
              value: `${text} ${normalizeKey(keyOf(duration))}`,
              position: duration.node.position,
            },
          }
        : spot,
    );
    return ms === undefined ? undefined : { wait: writeDuration(ms) };
  };
};

/** A duration that a variable holds: as text (`30s`), or as a number of the unit that is named. */
function writeComputed(text: string | undefined, unit: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  const suffix = unit === undefined ? '' : /^m(s|illi)/i.test(unit) ? 'ms' : unit.slice(0, 1).toLowerCase();
  return { wait: `${text}${suffix}` };
}

/** Sends an event. */
export const readEmit: ReadKind = ({ keys, source, document, scope }) => {
  const event = keys.take('event', 'eventname', 'name', 'topic', 'signal', 'eventtype');
  const data = keys.take('data', 'payload', 'body', 'message');
  if (event === undefined) {
    document.conversion.refuse(
      'steps-kind-unknown',
      source.spot,
      'The step sends an event and does not name it.',
      'Write `event: deployed`.',
    );
    return undefined;
  }
  return () => {
    const at = scope(event);
    const name = convertText(textOf(event) ?? '', at);
    const value = data && convertValue(data, at);
    return name === undefined ? undefined : { emit: { event: name, data: value ?? null } };
  };
};

const APPROVERS = [
  'approvers',
  'approver',
  'by',
  'reviewers',
  'assignees',
  'assignee',
  'approvedby',
  'requiredapprovers',
];
const USERS = ['users', 'user'];
const ROLES = ['roles', 'role', 'groups', 'group', 'approvergroups', 'teams'];

/** Waits until people have decided. */
export const readApproval: ReadKind = ({ keys, source, document, scope, timeout }) => {
  const { conversion } = document;
  source.output = 'approval';
  const people = [
    ...keys.takeAll(...APPROVERS).flatMap((spot) => namesIn(spot, false)),
    ...keys.takeAll(...USERS).flatMap((spot) => namesIn(spot, true)),
    ...keys.takeAll(...ROLES).flatMap((spot) => namesIn(spot, false)),
  ];
  const quorum = keys.take(
    'quorum',
    'requiredapprovals',
    'minapprovals',
    'minimumapprovals',
    'approvalsrequired',
    'approvalcount',
    'requiredcount',
    'minapprovers',
  );
  const message = keys.take(
    'message',
    'prompt',
    'instructions',
    'text',
    'question',
    'reason',
    'approvalmessage',
  );
  const late = keys.take('ontimeout', 'timeoutaction', 'onexpiry', 'defaultaction', 'onexpire');
  const rejected = keys.take('onreject', 'onrejection', 'onrejected');
  const expires = keys.take('expires', 'expiresin', 'expiry', 'deadline', 'approvaltimeout');
  if (people.length === 0)
    conversion.note(
      'decided',
      source.spot,
      'Nobody is named who may decide: whoever has the role `approver` may.',
    );
  else if (people.some((name) => !name.startsWith('user:')))
    conversion.note('decided', source.spot, 'Who is named without `@` is taken for a role.');
  const limit = (expires && document.durations.read(expires)) ?? timeout;
  return () => {
    const text = message && convertText(textOf(message) ?? '', scope(message));
    const expiry = textOf(late)?.toLowerCase();
    if (expiry !== undefined && !/^(reject|approve|fail|deny|abort|stop|error)/.test(expiry))
      conversion.refuse(
        'steps-value-unknown',
        late!,
        'What follows when nobody decides in time is not understood.',
        'Write reject, approve or fail.',
      );
    const rejection = textOf(rejected)?.toLowerCase();
    return {
      approval: {
        by: people.length === 0 ? ['approver'] : [...new Set(people)],
        ...(numberOf(quorum) === undefined ? {} : { quorum: numberOf(quorum)! }),
        ...(text === undefined ? {} : { message: text }),
        ...(limit === undefined ? {} : { expires: writeDuration(limit) }),
        ...(expiry === undefined
          ? {}
          : {
              onExpiry: /^(reject|deny)/.test(expiry)
                ? 'reject'
                : /^approve/.test(expiry)
                  ? 'approve'
                  : 'fail',
            }),
        ...(rejection === undefined
          ? {}
          : {
              onReject: /^(fail|error|abort)/.test(rejection)
                ? 'fail'
                : /^(continue|skip|ignore)/.test(rejection)
                  ? 'continue'
                  : 'stop',
            }),
      },
    };
  };
};

function namesIn(spot: Spot, areUsers: boolean): string[] {
  const items = isList(spot) ? itemsOf(spot) : [spot];
  return items.flatMap((item) => {
    const map = asMap(item);
    const name =
      map === undefined
        ? textOf(item)
        : textOf(entriesOf(map).find(([key]) => /^(name|id|user|email|group|role)$/i.test(key))?.[1]);
    if (name === undefined) return [];
    if (name.startsWith('user:')) return [name];
    return areUsers || name.includes('@')
      ? [`user:${name.replace(/^@/, '').replace(/\s+/g, '')}`]
      : [toId(name) ?? 'approver'];
  });
}
