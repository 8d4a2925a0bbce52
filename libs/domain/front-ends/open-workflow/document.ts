import { WHOLE_INPUT } from '../../definition/check-inputs.js';
import {
  entriesOf,
  entryOf,
  isList,
  isMap,
  itemsOf,
  type Spot,
  type TreeMap,
  toJson,
} from '../../definition/tree.js';
import { isJsonObject, type Json, type JsonObject } from '../../json.js';
import type { PlanActions } from '../../plan/action.js';
import type { VersionOf } from '../../plan/compile.js';
import { computeDigest } from '../../plan/digest.js';
import type { Block, Plan, PlanData, PlanNode } from '../../plan/plan.js';
import { atKey, atValue, type FindingReport } from '../../validation/report.js';
import type { Reading } from '../front-end.js';
import { Builder } from './builder.js';
import { toName } from './names.js';
import { Reusables } from './reusables.js';

/** Any map: what the workflow takes is for its own schema to say, when it begins. */
const ANY_INPUT = { [WHOLE_INPUT]: {} };

export function readDocument(
  root: Spot<TreeMap>,
  value: JsonObject,
  actions: PlanActions,
  report: FindingReport,
): Partial<Reading> {
  const use = entryOf(root, 'use');
  const builder = new Builder(
    new Reusables(use !== undefined && isMap(use) ? use : undefined),
    actions,
    report,
  );
  const fits = !builder.checkPart('', root, value);
  const document = isJsonObject(value['document']) ? value['document'] : {};
  const written = typeof document['name'] === 'string' ? document['name'] : undefined;
  checkReusables(builder, use);
  if (!fits) {
    // What stands in the lists is told too.
    builder.readBlock(entryOf(root, 'do'), '/do', ROOT, { depth: 1, functions: [] });
    return written === undefined ? {} : { name: toName(written) };
  }
  refuseUnsupported(root, builder);
  const block = readRoot(root, builder);
  const name = toName(String(written));
  const data = readData(root, value, builder);
  return {
    name,
    calls: builder.calls,
    ...(report.isEmpty
      ? {
          workflow: {
            name,
            ...describe(document),
            inputs: ANY_INPUT,
            compile: (versionOf) => compile({ name, nodes: builder.nodes, block, data }, versionOf),
          },
        }
      : {}),
  };
}

const ROOT = { parent: null, branch: 0, loops: [] } as const;

function describe(document: JsonObject): { readonly description?: string } {
  const text = [document['title'], document['summary']].filter((part) => typeof part === 'string').join(': ');
  return text === '' ? {} : { description: text.slice(0, 2_000) };
}

/** The tasks; with a time limit of the whole, inside a step that has it. */
function readRoot(root: Spot<TreeMap>, builder: Builder): Block {
  const list = entryOf(root, 'do');
  const timeout = entryOf(root, 'timeout');
  const ms = timeout === undefined ? undefined : builder.readTimeout(timeout);
  if (ms === undefined) return builder.readBlock(list, '/do', ROOT, { depth: 1, functions: [] });
  const empty: Block = { flow: 'sequence', nodes: [] };
  const index = builder.addHelper('workflow', '/', ROOT, { kind: 'stage', block: empty })!;
  const block = builder.readBlock(
    list,
    '/do',
    { parent: index, branch: 0, loops: [] },
    { depth: 2, functions: [] },
  );
  Object.assign(builder.nodes[index]!, { block, timeoutMs: ms, end: builder.nodes.length });
  return { flow: 'sequence', nodes: [index] };
}

function readData(root: Spot<TreeMap>, value: JsonObject, builder: Builder): PlanData {
  const { input, output } = value as Record<string, JsonObject | undefined>;
  const parts = {
    ...builder.schemaAt(root, input, 'input', 'inputSchema'),
    ...builder.templateAt(root, input, 'input', 'from', 'from'),
    ...builder.templateAt(root, output, 'output', 'as', 'as'),
    ...builder.schemaAt(root, output, 'output', 'outputSchema'),
  };
  return { ...parts, definition: builder.seesDefinition ? value : { document: value['document'] ?? null } };
}

/** Definitions that no task uses must be right too. */
function checkReusables(builder: Builder, use: Spot | undefined): void {
  if (use === undefined || !isMap(use)) return;
  for (const [name, spot] of builder.reusables.entries('functions')) builder.readTask(name, spot, '', []);
}

function refuseUnsupported(root: Spot<TreeMap>, builder: Builder): void {
  const schedule = entryOf(root, 'schedule');
  if (schedule !== undefined)
    builder.refuse(
      'open-workflow-schedule',
      schedule,
      'A workflow is started by people, programs and other workflows here; it has no schedule of its own.',
      'Remove `schedule`, and start it from a scheduler through the API.',
    );
  const use = entryOf(root, 'use');
  const extensions = use !== undefined && isMap(use) ? entryOf(use, 'extensions') : undefined;
  if (extensions !== undefined && isList(extensions) && itemsOf(extensions).length > 0)
    builder.refuse(
      'open-workflow-extension',
      extensions,
      'Extensions are not supported here.',
      'Write their tasks where they belong.',
    );
  const catalogs = use !== undefined && isMap(use) ? entryOf(use, 'catalogs') : undefined;
  if (catalogs !== undefined && isMap(catalogs) && entriesOf(catalogs).length > 0)
    builder.refuse(
      'open-workflow-catalog',
      catalogs,
      'Catalogs are not fetched here.',
      'Define the functions under `use.functions`.',
    );
  const evaluate = entryOf(root, 'evaluate');
  if (evaluate === undefined || !isMap(evaluate)) return;
  const language = entryOf(evaluate, 'language');
  if (language !== undefined && toJson(language.node) !== 'jq')
    builder.report.add(
      'open-workflow-unsupported',
      atValue(language),
      'Expressions are written in jq here.',
      'Write `language: jq`, or remove it.',
    );
  const mode = entryOf(evaluate, 'mode');
  if (mode !== undefined && toJson(mode.node) === 'loose')
    builder.report.add(
      'open-workflow-unsupported',
      atKey(mode),
      'Expressions must be marked here.',
      'Write `mode: strict`, and `${ }` around expressions.',
    );
}

interface Content {
  readonly name: string;
  readonly nodes: readonly PlanNode[];
  readonly block: Block;
  readonly data: PlanData;
}

function compile({ name, nodes, block, data }: Content, versionOf: VersionOf | undefined): Plan {
  const versioned = nodes.map((node) => {
    if (node.kind !== 'workflow') return node;
    const version = versionOf?.(node.workflow) ?? (node.workflow === name ? 1 : undefined);
    if (version === undefined) throw new Error(`compile was given an unvalidated workflow: ${node.workflow}`);
    return { ...node, version };
  });
  const content: Omit<Plan, 'digest'> = { format: 1, name, nodes: versioned, root: block, data };
  return { ...content, digest: computeDigest(content as unknown as Json) };
}
