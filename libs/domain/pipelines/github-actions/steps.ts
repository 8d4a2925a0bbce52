import type { Place, Step, Use } from '../pipeline.js';
import { FILE_COST, type Reading } from '../reading/context.js';
import { pinningOf, readImage } from '../reading/references.js';
import { Value } from '../reading/value.js';
import { readTrees } from '../reading/yaml-tree.js';

/** Composite actions that call each other deeper than this are refused by the platform too. */
const MAX_NESTED = 10;

/** The steps of a job; composite actions of the same repository are replaced by what they do. */
export function readSteps(
  list: Value,
  reading: Reading,
  directory: string | undefined,
  open: readonly string[] = [],
): readonly Step[] {
  return list.items.flatMap((step): readonly Step[] => {
    reading.spend(1, step.place);
    const uses = step.get('uses');
    const run = step.get('run');
    if (uses.text !== undefined) {
      const use = readAction(uses.text, uses.place);
      const inner = use.pinning === 'local' ? openComposite(use, reading, open) : undefined;
      return [describe(step, { use }), ...(inner ?? [])];
    }
    if (run.text === undefined) {
      if (!step.isMap) reading.note('shape-unexpected', step.place, 'A step has `run` or `uses`.');
      return [];
    }
    const here = step.get('working-directory').text ?? directory;
    const command = {
      text: run.text,
      place: run.textPlace,
      ...(here === undefined ? {} : { directory: here }),
    };
    return [describe(step, { command })];
  });
}

function describe(step: Value, what: Pick<Step, 'use' | 'command'>): Step {
  const name = step.get('name').text;
  const given = step.get('with').record;
  const environment = step.get('env').record;
  return {
    place: step.place,
    ...(name === undefined ? {} : { name }),
    ...(Object.keys(given).length === 0 ? {} : { with: given }),
    ...(Object.keys(environment).length === 0 ? {} : { environment }),
    ...what,
  };
}

function readAction(text: string, place: Place): Use {
  if (text.startsWith('./') || text.startsWith('../'))
    return { kind: 'action', name: text, pinning: 'local', place };
  if (text.startsWith('docker://')) return readImage(text.slice('docker://'.length), place);
  const [name = '', version] = text.split('@', 2);
  return {
    kind: 'action',
    name,
    pinning: pinningOf(version),
    place,
    ...(version === undefined ? {} : { version }),
  };
}

function openComposite(use: Use, reading: Reading, open: readonly string[]): readonly Step[] | undefined {
  const folder = use.name.replace(/^\.\//, '').replace(/\/+$/, '');
  const file = ['action.yml', 'action.yaml']
    .map((name) => `${folder}/${name}`)
    .find((each) => reading.has(each));
  if (file === undefined) return undefined;
  if (open.includes(file) || open.length >= MAX_NESTED) {
    reading.note('reference-circular', use.place, `${file} uses itself.`);
    return undefined;
  }
  reading.spend(FILE_COST, use.place);
  return reading.attempt(() => {
    const [tree] = readTrees(reading, file, use.place);
    if (tree === undefined) return [];
    return readSteps(new Value(tree).get('runs', 'steps'), reading, undefined, [...open, file]);
  });
}
