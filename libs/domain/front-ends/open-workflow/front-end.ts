import {
  entryOf,
  isMap,
  isScalar,
  type ParsedTree,
  type Spot,
  type TreeMap,
  toJson,
} from '../../definition/tree.js';
import type { JsonObject } from '../../json.js';
import type { PlanActions } from '../../plan/action.js';
import { FindingReport } from '../../validation/report.js';
import type { FrontEnd, Reading } from '../front-end.js';
import { readDocument } from './document.js';

/** The Open Workflow Specification, formerly CNCF Serverless Workflow, DSL 1.0: docs/open-workflow.md. */
export const openWorkflow: FrontEnd = {
  title: 'Open Workflow Specification',
  recognises({ root }) {
    if (root.kind !== 'map') return false;
    const { entries } = root;
    const has = (key: string) => entries.has(key);
    return (
      !has('sluice') &&
      (has('document') ||
        (has('do') && !has('stages')) ||
        has('specVersion') ||
        (has('states') && !has('stages')))
    );
  },
  read(tree, actions) {
    const report = new FindingReport();
    const { calls = [], ...rest } = read(tree, actions, report) ?? {};
    return { calls, findings: report.list(), ...rest };
  },
};

function read(tree: ParsedTree, actions: PlanActions, report: FindingReport): Partial<Reading> | undefined {
  const root: Spot = { node: tree.root, path: undefined };
  if (!isMap(root)) {
    report.add(
      'definition-not-a-map',
      { path: undefined, position: root.node.position },
      'A definition is a map, and this is none.',
      'Begin with `document:` and `do:`.',
    );
    return undefined;
  }
  if (!checkVersion(root, report)) return undefined;
  const value = toJson(root.node) as JsonObject;
  return readDocument(root, value, actions, report);
}

/** Whether it is written in a version of the language that is known. */
function checkVersion(root: Spot<TreeMap>, report: FindingReport): boolean {
  const old =
    entryOf(root, 'specVersion') ??
    (entryOf(root, 'document') === undefined ? entryOf(root, 'states') : undefined);
  if (old !== undefined) {
    report.add(
      'open-workflow-version',
      { path: old.path, position: old.keyPosition ?? old.node.position },
      'This is written in version 0.8 or older of the Serverless Workflow language, with states.',
      'Write it anew in DSL 1.0, with `document` and `do`.',
    );
    return false;
  }
  const document = entryOf(root, 'document');
  const spot = document !== undefined && isMap(document) ? entryOf(document, 'dsl') : undefined;
  if (spot === undefined) return true;
  const dsl = isScalar(spot) ? spot.node.value : undefined;
  if (typeof dsl === 'string' && /^1\.0\.\d+(?:[-+].*)?$/.test(dsl)) return true;
  report.add(
    'open-workflow-version',
    { path: spot.path, position: spot.node.position },
    `The language has version 1.0 here, and this asks for ${JSON.stringify(dsl ?? null).slice(0, 40)}.`,
    "Write it in DSL 1.0: `dsl: '1.0.3'`.",
  );
  return false;
}
