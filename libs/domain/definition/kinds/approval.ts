import type { JsonObject } from '../../json.js';
import { atKey, atValue } from '../../validation/report.js';
import type { ApprovalDefinition, OnReject } from '../definition.js';
import { checkIdentifier, isId } from '../names.js';
import { quote } from '../path.js';
import type { NodeSource, Reading, StepSyntax } from '../reading.js';
import { readNameTemplates, readTextTemplate } from '../template-text.js';
import { entriesOf, entryOf, type Spot, type TreeMap, toJson } from '../tree.js';
import {
  checkKeys,
  readBoolean,
  readChoice,
  readDuration,
  readEntry,
  readMap,
  readNumber,
  requireEntry,
} from '../values.js';

export const APPROVAL_KEYS = [
  'by',
  'quorum',
  'expires',
  'onExpiry',
  'onReject',
  'selfApproval',
  'message',
  'remind',
  'escalate',
  'inputs',
] as const;

export const ON_EXPIRY: readonly ApprovalDefinition['onExpiry'][] = ['fail', 'reject', 'approve'];

export const ON_REJECT: readonly OnReject[] = ['stop', 'continue', 'fail'];

export const MAX_APPROVERS = 50;

/** People must not be flooded, nor the run's history. */
const LEAST_REMINDER_MS = 1_000;

const USER = /^user:\S{1,100}$/;

const EXAMPLE = 'Write `approval: { by: [approver] }`.';

const BY_HINT = 'Write a list of roles and people: `[approver, "user:ann"]`.';

export const approvalSyntax: StepSyntax<'approval'> = {
  keys: [],
  read(spot, step, reading) {
    const { report } = reading;
    const map = readMap(spot, report, EXAMPLE);
    if (map === undefined) return undefined;
    checkKeys(map, APPROVAL_KEYS, report, '`approval`');
    const written = requireEntry(map, 'by', report, EXAMPLE);
    const by = (written && readApprovers(written, step, reading)) ?? [];
    const escalate = readEntry(map, 'escalate', (after) => readEscalation(after, step, reading));
    const { quorum = 1 } = readEntry(map, 'quorum', (count) =>
      readNumber(count, report, { min: 1, max: MAX_APPROVERS, whole: true }),
    );
    const choices = {
      ...readEntry(map, 'onExpiry', (choice) => readChoice(choice, ON_EXPIRY, report)),
      ...readEntry(map, 'onReject', (choice) => readChoice(choice, ON_REJECT, report)),
      ...readEntry(map, 'selfApproval', (allowed) => readBoolean(allowed, report)),
    };
    const approval: ApprovalDefinition = {
      by,
      quorum,
      ...readEntry(map, 'expires', (limit) => readDuration(limit, report, 1)),
      onExpiry: 'fail',
      onReject: 'stop',
      selfApproval: false,
      ...choices,
      ...readEntry(map, 'message', (text) =>
        readTextTemplate(text, step, reading, 'Write what the decision is about.'),
      ),
      ...readEntry(map, 'remind', (pause) => readDuration(pause, report, LEAST_REMINDER_MS)),
      ...escalate,
      ...readEntry(map, 'inputs', (inputs) => readInputs(inputs, reading)),
    };
    checkQuorum(map, approval, reading);
    return { approval };
  },
};

function readApprovers(spot: Spot, step: NodeSource, reading: Reading): readonly string[] | undefined {
  const { report } = reading;
  const approvers = readNameTemplates(spot, step, reading, {
    most: MAX_APPROVERS,
    hint: BY_HINT,
    refuse: (name) =>
      isId(name) || USER.test(name) ? undefined : `${quote(name)} is neither a role nor \`user:<name>\`.`,
    twice: (name, item) =>
      report.add('value-not-allowed', atValue(item), `${quote(name)} is named twice.`, 'Remove one.'),
  });
  if (spot.node.kind === 'list' && spot.node.items.length === 0) {
    report.add('block-empty', atValue(spot), 'There is nobody who may decide.', BY_HINT);
  }
  return approvers;
}

function readEscalation(
  spot: Spot,
  step: NodeSource,
  reading: Reading,
): ApprovalDefinition['escalate'] | undefined {
  const { report } = reading;
  const hint = 'Write `escalate: { after: 4h, to: [operator] }`.';
  const map = readMap(spot, report, hint);
  if (map === undefined) return undefined;
  checkKeys(map, ['after', 'to'], report, '`escalate`');
  const written = requireEntry(map, 'after', report, hint);
  const after = written && readDuration(written, report, 1);
  const others = requireEntry(map, 'to', report, hint);
  const to = others && readApprovers(others, step, reading);
  return after === undefined || to === undefined ? undefined : { after, to };
}

function readInputs(spot: Spot, reading: Reading): Record<string, JsonObject> | undefined {
  const { report } = reading;
  const map = readMap(spot, report, 'Write a map: `inputs: { window: { type: string } }`.');
  if (map === undefined) return undefined;
  const inputs: [string, JsonObject][] = [];
  for (const [name, input] of entriesOf(map)) {
    checkIdentifier(name, input, report, 'an input');
    const schema = readMap(input, report, 'Write a JSON Schema: `{ type: string }`.');
    if (schema === undefined) continue;
    reading.addSchema({ of: 'input', name, spot: schema });
    inputs.push([name, toJson(schema.node) as JsonObject]);
  }
  return Object.fromEntries(inputs);
}

/** How many hold a role is known to nobody here; people who are named can be counted. */
function checkQuorum(map: Spot<TreeMap>, approval: ApprovalDefinition, { report }: Reading): void {
  const people = new Set([...approval.by, ...(approval.escalate?.to ?? [])]);
  if (people.size === 0 || people.size >= approval.quorum) return;
  if (![...people].every((name) => USER.test(name))) return;
  const quorum = entryOf(map, 'quorum');
  report.add(
    'quorum-too-large',
    quorum === undefined ? atKey(map) : atValue(quorum),
    `${approval.quorum} people can never approve, as ${people.size} may.`,
    'Name more people, or a role.',
  );
}
