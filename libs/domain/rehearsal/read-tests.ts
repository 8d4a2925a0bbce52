import { parseDuration } from '../definition/duration.js';
import { parseMoment } from '../definition/moment.js';
import { parse } from '../definition/parse.js';
import { quote } from '../definition/path.js';
import {
  entriesOf,
  entryOf,
  itemsOf,
  type ParsedTree,
  type Spot,
  type TreeMap,
  toJson,
} from '../definition/tree.js';
import {
  checkKeys,
  readBoolean,
  readDuration,
  readList,
  readMap,
  readString,
  requireEntry,
} from '../definition/values.js';
import type { JsonObject } from '../json.js';
import type { Finding } from '../validation/finding.js';
import { suggest } from '../validation/nearest.js';
import { atKey, atValue, FindingReport } from '../validation/report.js';
import { readAnswers, readEvents } from './read-answers.js';
import { readExpectation } from './read-expectation.js';
import { readMocks } from './read-mocks.js';
import type { Subject } from './subject.js';
import type { Mock, TestCase, TestFile } from './test-file.js';

export const FILE_KEYS = ['definition', 'mocks', 'allow', 'tests'] as const;
export const TEST_KEYS = [
  'name',
  'inputs',
  'mocks',
  'allow',
  'answers',
  'events',
  'clock',
  'cancel',
  'expect',
] as const;
export const CANCEL_KEYS = ['after', 'compensate'] as const;

const MOST_TESTS = 1_000;
const MOST_NAME = 200;
const STARTS_AT = Date.parse('2026-01-01T00:00:00Z');

const EXAMPLE = 'Begin with `definition: ./hello.yaml` and `tests:`.';

export interface ParsedTests {
  /** Path of the definition as written; undefined where none is. */
  readonly definition?: string;
  readonly tree?: ParsedTree;
  readonly findings: readonly Finding[];
}

/** The text as far as it says which definition it is about. Never throws. */
export function parseTests(text: string): ParsedTests {
  const { tree, findings } = parse(text);
  if (tree === undefined || findings.length > 0) return { findings };
  const report = new FindingReport();
  const root = readMap({ node: tree.root, path: undefined }, report, EXAMPLE);
  const spot = root && entryOf(root, 'definition');
  const definition = spot && readString(spot, report, 'Write the path of the definition.');
  if (root === undefined || !report.isEmpty) return { findings: report.list() };
  return { tree, findings: [], ...(definition === undefined ? {} : { definition }) };
}

/** The tests, or everything that is wrong with them; all findings come at once. */
export function readTests(
  tree: ParsedTree,
  subject: Subject,
): { readonly file?: TestFile; readonly findings: readonly Finding[] } {
  const report = new FindingReport();
  const root = readMap({ node: tree.root, path: undefined }, report, EXAMPLE);
  if (root === undefined) return { findings: report.list() };
  const file = new TestReader(root, subject, report).read();
  return report.isEmpty ? { file, findings: [] } : { findings: report.list() };
}

class TestReader {
  constructor(
    private readonly root: Spot<TreeMap>,
    private readonly subject: Subject,
    private readonly report: FindingReport,
  ) {}

  read(): TestFile {
    const { root, report, subject } = this;
    checkKeys(root, FILE_KEYS, report, 'a file of tests');
    const mocks = readMocks(entryOf(root, 'mocks'), subject, report);
    const allow = this.readAllow(root);
    const spot = requireEntry(root, 'tests', report, 'Add `tests:` with a list.');
    const list = spot && readList(spot, report, 'Write a list: `tests: [{ name: …, expect: {…} }]`.');
    if (list === undefined) return { tests: [] };
    const items = itemsOf(list);
    if (items.length === 0) report.add('block-empty', atValue(list), 'There is no test.', 'Add one.');
    if (items.length > MOST_TESTS) {
      report.add('tests-too-many', atValue(list), `These are ${items.length} tests.`, 'Write several files.');
      return { tests: [] };
    }
    const tests = items.flatMap((item) => this.readTest(item, mocks, allow) ?? []);
    this.checkNames(items);
    return { tests };
  }

  private readTest(
    item: Spot,
    shared: ReadonlyMap<string, Mock>,
    allowed: readonly string[],
  ): TestCase | undefined {
    const { report, subject } = this;
    const map = readMap(item, report, 'Write `- name: …` and below it what is expected.');
    if (map === undefined) return undefined;
    checkKeys(map, TEST_KEYS, report, 'a test');
    const title = requireEntry(map, 'name', report, 'Add `name:`, which says what is shown.');
    const name = title && readString(title, report, 'Write a sentence.');
    if (title !== undefined && name !== undefined && (name === '' || name.length > MOST_NAME))
      report.add('value-out-of-range', atValue(title), 'A name has 1 to 200 characters.', 'Shorten it.');
    const mocks = readMocks(entryOf(map, 'mocks'), subject, report);
    const wanted = requireEntry(map, 'expect', report, 'Add `expect: { status: succeeded }`.');
    return {
      name: name ?? '',
      line: map.node.position.line,
      inputs: this.readInputs(map),
      mocks: new Map([...shared, ...mocks]),
      allow: [...allowed, ...this.readAllow(map)],
      answers: this.readAnswers(map),
      events: readEvents(entryOf(map, 'events'), report),
      startsAt: this.readClock(map),
      ...this.readCancel(map),
      expect: readExpectation(wanted, subject, report),
    };
  }

  private readInputs(map: Spot<TreeMap>): JsonObject {
    const spot = entryOf(map, 'inputs');
    const inputs = spot && readMap(spot, this.report, 'Write one value per input.');
    if (inputs === undefined) return {};
    const known = Object.keys(this.subject.inputs ?? {});
    for (const [name, value] of entriesOf(inputs)) {
      if (this.subject.inputs === undefined || known.includes(name)) continue;
      const message = `The definition has no input ${quote(name)}.`;
      this.report.add('reference-unknown-input', atKey(value), message, () =>
        suggest(
          name,
          known,
          known.length === 0 ? 'Remove it.' : `There are: ${known.slice(0, 20).join(', ')}.`,
        ),
      );
    }
    return toJson(inputs.node) as JsonObject;
  }

  private readAllow(map: Spot<TreeMap>): string[] {
    const spot = entryOf(map, 'allow');
    if (spot === undefined) return [];
    const hint = 'Write a list of actions: `allow: [log/write]`.';
    const list = readList(spot, this.report, hint);
    return itemsOf(
      list ?? { ...spot, node: { kind: 'list', items: [], position: spot.node.position } },
    ).flatMap((item) => {
      const name = readString(item, this.report, hint);
      if (name === undefined) return [];
      if (this.subject.actions.has(name)) return [name];
      this.report.add('action-unknown', atValue(item), `There is no action ${quote(name)}.`, () =>
        suggest(name, this.subject.actions.keys(), '`sluice actions` lists them.'),
      );
      return [];
    });
  }

  private readAnswers(map: Spot<TreeMap>) {
    const spot = entryOf(map, 'answers');
    const answers = readAnswers(spot, this.report);
    if (spot === undefined || spot.node.kind !== 'map') return answers;
    for (const [step, value] of entriesOf(spot as Spot<TreeMap>)) {
      const node = this.subject.require(step, atKey(value), this.report);
      if (node === undefined || node.kind === 'approval' || node.onFailure === 'intervene') continue;
      const message = `${quote(step)} asks nobody: it is no approval, and has no \`onFailure: intervene\`.`;
      this.report.add('answer-misplaced', atKey(value), message, 'Remove the answer, or name another step.');
    }
    return answers;
  }

  private readClock(map: Spot<TreeMap>): number {
    const spot = entryOf(map, 'clock');
    if (spot === undefined) return STARTS_AT;
    const hint = 'Write the moment at which the run starts: `clock: 2026-01-31T08:00:00Z`.';
    const text = readString(spot, this.report, hint);
    const moment = text === undefined ? undefined : parseMoment(text);
    if (text !== undefined && moment === undefined)
      this.report.add('moment-invalid', atValue(spot), `${quote(text)} is no moment.`, hint);
    return moment ?? STARTS_AT;
  }

  private readCancel(map: Spot<TreeMap>): Pick<TestCase, 'cancel'> {
    const spot = entryOf(map, 'cancel');
    const { report } = this;
    const cancel = spot && readMap(spot, report, 'Write `cancel: { after: 5s }`.');
    if (cancel === undefined) return {};
    checkKeys(cancel, CANCEL_KEYS, report, '`cancel`');
    const after = requireEntry(cancel, 'after', report, 'Say when: `after: 5s`.');
    const text = after && readDuration(after, report, 0);
    const undo = entryOf(cancel, 'compensate');
    const compensate = (undo && readBoolean(undo, report)) ?? false;
    return text === undefined ? {} : { cancel: { afterMs: parseDuration(text)!, compensate } };
  }

  private checkNames(items: readonly Spot[]): void {
    const seen = new Set<unknown>();
    for (const item of items) {
      if (item.node.kind !== 'map') continue;
      const name = entryOf(item as Spot<TreeMap>, 'name');
      if (name === undefined || name.node.kind !== 'scalar') continue;
      if (seen.has(name.node.value))
        this.report.add(
          'test-name-duplicate',
          atValue(name),
          'Another test has this name.',
          'Rename one of them.',
        );
      seen.add(name.node.value);
    }
  }
}
