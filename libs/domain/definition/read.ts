import type { JsonObject } from '../json.js';
import { atKey, atValue, type FindingReport } from '../validation/report.js';
import { readRetry } from './common-keys.js';
import { readConcurrency } from './concurrency.js';
import type { Definition, StageDefinition } from './definition.js';
import { checkIdentifier, checkName } from './names.js';
import type { Outline } from './outline.js';
import { NodeReader } from './read-nodes.js';
import {
  entriesOf,
  entryOf,
  isMap,
  isScalar,
  type ParsedTree,
  type Spot,
  type TreeMap,
  toJson,
} from './tree.js';
import { checkKeys, readDuration, readEntry, readMap, readText, requireEntry } from './values.js';

export const TOP_KEYS = [
  'sluice',
  'name',
  'description',
  'inputs',
  'concurrency',
  'defaults',
  'stages',
  'output',
] as const;

export const DEFAULTS_KEYS = ['timeout', 'retry'] as const;

export interface DefinitionReading {
  /** What could be read; right throughout only where nothing was reported. */
  readonly definition: Definition;
  readonly outline: Outline;
}

/**
 * Reads the shape of a definition: keys, types, names, limits. What needs a look at the whole (order, references,
 * actions, schemas) is left to `validate`, in the outline. Undefined where the root is no map.
 */
export function readTree(tree: ParsedTree, report: FindingReport): DefinitionReading | undefined {
  const root: Spot = { node: tree.root, path: undefined };
  if (!isMap(root)) {
    report.add(
      'definition-not-a-map',
      atValue(root),
      'A definition is a map, and this is none.',
      'Begin with `sluice: 1`, `name: my-workflow` and `stages:`.',
    );
    return undefined;
  }
  return new DefinitionReader(root, report).read();
}

class DefinitionReader {
  private readonly inputs = new Map<string, Spot<TreeMap>>();
  private readonly outline: Outline = {
    nodes: [],
    blocks: [],
    expressions: [],
    actions: [],
    workflows: [],
    schemas: [],
    inputs: this.inputs,
  };
  private readonly nodes: NodeReader;

  constructor(
    private readonly root: Spot<TreeMap>,
    private readonly report: FindingReport,
  ) {
    this.nodes = new NodeReader(this.outline, report);
  }

  read(): DefinitionReading {
    const { root, report } = this;
    checkKeys(root, TOP_KEYS, report, 'a definition');
    this.checkVersion();
    const name = requireEntry(root, 'name', report, 'Add a name: `name: release-service`.');
    const title = name && readText(name, report, 'Write a name: `name: release-service`.');
    if (title !== undefined) checkName(String(title.node.value), title, report);
    const description = entryOf(root, 'description');
    const text = description && readText(description, report, 'Write a sentence or more.');
    const inputs = this.readInputs();
    const defaults = this.readDefaults();
    const stages = this.readStages();
    const output = entryOf(root, 'output');
    const definition: Definition = {
      sluice: 1,
      name: String(title?.node.value),
      ...(text === undefined ? {} : { description: String(text.node.value) }),
      inputs,
      defaults,
      ...readEntry(root, 'concurrency', (spot) =>
        readConcurrency(spot, report, (...template) => this.nodes.addTemplate(...template)),
      ),
      stages,
      ...(output === undefined ? {} : { output: this.nodes.addTemplate(output, undefined).value }),
    };
    return { definition, outline: this.outline };
  }

  private checkVersion(): void {
    const version = requireEntry(
      this.root,
      'sluice',
      this.report,
      'Begin with `sluice: 1`, the version of the language.',
    );
    if (version === undefined || (isScalar(version) && version.node.value === 1)) return;
    this.report.add(
      'version-unsupported',
      atValue(version),
      'The language has version 1 only.',
      'Write `sluice: 1`.',
    );
  }

  private readInputs(): Definition['inputs'] {
    const spot = entryOf(this.root, 'inputs');
    const map = spot && readMap(spot, this.report, 'Write a map: `inputs: { service: { type: string } }`.');
    for (const [name, input] of map === undefined ? [] : entriesOf(map)) {
      checkIdentifier(name, input, this.report, 'an input');
      const schema = readMap(input, this.report, 'Write a JSON Schema: `{ type: string }`.');
      if (schema !== undefined) this.inputs.set(name, schema);
    }
    return Object.fromEntries([...this.inputs].map(([name, { node }]) => [name, toJson(node) as JsonObject]));
  }

  private readDefaults(): Definition['defaults'] {
    const spot = entryOf(this.root, 'defaults');
    const map = spot && readMap(spot, this.report, 'Write a map: `defaults: { timeout: 10m }`.');
    if (map === undefined) return {};
    checkKeys(map, DEFAULTS_KEYS, this.report, '`defaults`');
    const timeoutSpot = entryOf(map, 'timeout');
    const retrySpot = entryOf(map, 'retry');
    const timeout = timeoutSpot && readDuration(timeoutSpot, this.report, 1);
    const retry = retrySpot && readRetry(retrySpot, this.report);
    return { ...(timeout === undefined ? {} : { timeout }), ...(retry === undefined ? {} : { retry }) };
  }

  private readStages(): ReadonlyMap<string, StageDefinition> {
    const example = 'Write `stages: { build: { steps: {…} } }`.';
    const spot = requireEntry(this.root, 'stages', this.report, example);
    const map = spot && readMap(spot, this.report, example);
    if (map === undefined) return new Map();
    if (map.node.entries.size === 0)
      this.report.add('block-empty', atKey(map), 'There is no stage.', example);
    return this.nodes.readStages(map);
  }
}
