import { FAILURE_CLASSES } from '../../execution/step-error.js';
import { suggest } from '../../validation/nearest.js';
import { atKey, atValue, type FindingReport } from '../../validation/report.js';
import type { StepKinds } from '../definition.js';
import { isId, readVariable } from '../names.js';
import { quote } from '../path.js';
import type { NodeSource, Reading, StepSyntax } from '../reading.js';
import { entryOf, itemsOf, type Spot, type TreeMap } from '../tree.js';
import { checkKeys, readEntry, readList, readMap, readText } from '../values.js';

const EXAMPLE =
  'Write `try: { steps: {…}, catch: [{ errors: [timeout], steps: {…} }], finally: { steps: {…} } }`.';

/** In the order in which they run. */
const RANK = { body: 0, catch: 1, finally: 2 } as const;

export const trySyntax: StepSyntax<'try'> = {
  keys: [],
  read(spot, step, reading) {
    const { report } = reading;
    const map = readMap(spot, report, EXAMPLE);
    if (map === undefined) return undefined;
    checkKeys(map, ['steps', 'catch', 'finally'], report, '`try`');
    if (entryOf(map, 'catch') === undefined && entryOf(map, 'finally') === undefined) {
      report.add('key-missing', atKey(map), '`catch` or `finally` is missing.', EXAMPLE);
    }
    const steps = reading.readSteps(map, step, { rank: RANK.body });
    const { catch: catches = [] } = readEntry(map, 'catch', (list) => readCatches(list, step, reading));
    const last = readEntry(map, 'finally', (block) => {
      const holder = readMap(block, report, EXAMPLE);
      if (holder === undefined) return undefined;
      checkKeys(holder, ['steps'], report, '`finally`');
      return reading.readSteps(holder, step, { rank: RANK.finally });
    });
    return { try: { steps, catch: catches, ...last } };
  },
};

type Catch = StepKinds['try']['try']['catch'][number];

function readCatches(spot: Spot, step: NodeSource, reading: Reading): Catch[] | undefined {
  const { report } = reading;
  const list = readList(spot, report, EXAMPLE);
  if (list === undefined) return undefined;
  const items = itemsOf(list);
  if (items.length === 0) report.add('block-empty', atValue(list), 'There is no catch.', EXAMPLE);
  /** Errors that catches above take; `all` where one of them takes any. */
  let taken: Set<string> | 'all' = new Set();
  const catches: Catch[] = [];
  for (const item of items) {
    const map = readMap(item, report, EXAMPLE);
    if (map === undefined) continue;
    const read = readCatch(map, step, reading);
    const { errors } = read;
    if (taken === 'all' || errors?.every((error) => (taken as Set<string>).has(error)) === true) {
      report.add(
        'catch-unreachable',
        atValue(map),
        errors?.length === 0
          ? 'This catch names no error.'
          : 'The catches above take all that this one names.',
        'Move it up, remove it, or name other errors.',
      );
    }
    if (errors === undefined) taken = 'all';
    else if (taken !== 'all') taken = new Set([...taken, ...errors]);
    catches.push(read);
  }
  return catches;
}

function readCatch(map: Spot<TreeMap>, step: NodeSource, reading: Reading): Catch {
  const { report } = reading;
  checkKeys(map, ['errors', 'as', 'steps'], report, 'a catch');
  const as = readVariable(map, 'error', reading.variablesAround(step), report);
  const errors = readEntry(map, 'errors', (list) => readErrors(list, report));
  return { ...errors, as, steps: reading.readSteps(map, step, { rank: RANK.catch, variable: as }) };
}

function readErrors(spot: Spot, report: FindingReport): string[] | undefined {
  const hint = 'Write a list of classes and codes of errors: `errors: [timeout, http-status]`.';
  const list = readList(spot, report, hint);
  return list && itemsOf(list).flatMap((item) => readError(item, report, hint) ?? []);
}

function readError(spot: Spot, report: FindingReport, hint: string): string | undefined {
  const text = readText(spot, report, hint);
  if (text === undefined) return undefined;
  const name = String(text.node.value);
  if (!isId(name)) {
    report.add(
      'error-name-invalid',
      atValue(text),
      `${quote(name)} is neither a class nor the code of an error.`,
      () =>
        suggest(
          name,
          FAILURE_CLASSES,
          `Classes are ${FAILURE_CLASSES.join(', ')}; codes look like \`http-status\`.`,
        ),
    );
  }
  return name;
}
