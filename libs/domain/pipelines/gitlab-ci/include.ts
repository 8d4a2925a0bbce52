import { matchesGlobs } from '../../generation/reading/glob.js';
import type { Place, Use } from '../pipeline.js';
import type { Reading } from '../reading/context.js';
import { pinningOf } from '../reading/references.js';
import { Value } from '../reading/value.js';
import { readTrees, type Tree } from '../reading/yaml-tree.js';
import { fillInputs } from './inputs.js';
import { mergeTrees } from './merge.js';

/** As many as the platform allows. */
const MAX_INCLUDES = 150;

/** A file with all that it includes merged into it. */
export interface Config {
  readonly root: Value;
  /** `spec: inputs` of the file itself. */
  readonly inputs: Value;
  /** What lies elsewhere. */
  readonly uses: readonly Use[];
}

export function readConfig(reading: Reading, file: string, from: Place): Config {
  const uses: Use[] = [];
  const includer = new Includer(reading, uses);
  const { tree, inputs } = includer.open(file, from, new Value({ kind: 'empty', place: from }), []);
  return { root: new Value(tree), inputs, uses };
}

class Includer {
  private count = 0;

  constructor(
    private readonly reading: Reading,
    private readonly uses: Use[],
  ) {}

  open(file: string, from: Place, given: Value, open: readonly string[]) {
    const trees = readTrees(this.reading, file, from);
    const [head, body] = trees;
    const empty: Tree = { kind: 'empty', place: from };
    const hasHead = trees.length > 1 && head !== undefined && new Value(head).get('spec').exists;
    const inputs = new Value(hasHead ? head : empty).get('spec', 'inputs');
    const own = hasHead ? body! : (head ?? empty);
    const filled = hasHead ? fillInputs(own, inputs, given, this.reading) : own;
    let under: Tree = { kind: 'map', place: own.place, entries: [] };
    for (const each of new Value(filled).get('include').all)
      under = this.include(each, under, [...open, file]);
    return { tree: mergeTrees(under, filled, this.reading), inputs };
  }

  private include(value: Value, under: Tree, open: readonly string[]): Tree {
    const local = value.text ?? value.get('local').text;
    if (local === undefined || /^https?:/.test(local)) {
      this.noteRemote(value, local);
      return under;
    }
    let merged = under;
    for (const file of this.filesOf(local.replace(/^\//, ''))) {
      if (open.includes(file)) {
        this.reading.note('reference-circular', value.place, `${file} includes itself.`);
        continue;
      }
      if (++this.count > MAX_INCLUDES) {
        this.reading.note(
          'expansion-too-large',
          value.place,
          `More than ${MAX_INCLUDES} files are included.`,
        );
        break;
      }
      const tree = this.reading.attempt(() => this.open(file, value.place, value.get('inputs'), open).tree);
      if (tree !== undefined) merged = mergeTrees(merged, tree, this.reading);
    }
    return merged;
  }

  private filesOf(path: string): readonly string[] {
    if (!path.includes('*')) return [path];
    return this.reading.list().filter((each) => matchesGlobs(each, [path]));
  }

  private noteRemote(value: Value, url: string | undefined): void {
    const use = url === undefined ? readUse(value) : remote(url, value.place);
    if (use === undefined) {
      this.reading.note('shape-unexpected', value.place, 'It names nothing to include.');
      return;
    }
    this.uses.push(use);
    this.reading.note('reference-remote', value.place, `${use.name.slice(0, 200)} was not looked up.`);
  }
}

function remote(url: string, place: Place): Use {
  return { kind: 'template', name: url, pinning: 'none', place };
}

/** What comes with the platform is as new as the platform. */
function readUse(value: Value): Use | undefined {
  const { place } = value;
  const [template, project, url, component] = ['template', 'project', 'remote', 'component'].map(
    (key) => value.get(key).text,
  );
  if (template !== undefined) return { kind: 'template', name: template, pinning: 'fixed', place };
  if (url !== undefined)
    return value.get('integrity').exists
      ? { kind: 'template', name: url, pinning: 'fixed', place }
      : remote(url, place);
  if (project !== undefined) {
    const version = value.get('ref').text;
    return {
      kind: 'template',
      name: project,
      pinning: pinningOf(version),
      place,
      ...(version === undefined ? {} : { version }),
    };
  }
  if (component === undefined) return undefined;
  const at = component.lastIndexOf('@');
  const version = at < 0 ? undefined : component.slice(at + 1);
  return {
    kind: 'template',
    name: at < 0 ? component : component.slice(0, at),
    pinning: version?.startsWith('~') ? 'branch' : pinningOf(version),
    place,
    ...(version === undefined ? {} : { version }),
  };
}
