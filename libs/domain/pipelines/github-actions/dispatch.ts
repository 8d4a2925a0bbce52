import type { Input } from '../pipeline.js';
import { Reading, startOf } from '../reading/context.js';
import { Value } from '../reading/value.js';
import { readTrees } from '../reading/yaml-tree.js';
import { Refusal } from '../unread.js';
import { readInputs } from './inputs.js';
import { readTriggers } from './triggers.js';

/** How a workflow is started by hand. */
interface Dispatch {
  /** Whether it can be. */
  readonly isOffered: boolean;
  readonly inputs: readonly Input[];
  /** What it says of them, by name. */
  readonly descriptions: Readonly<Record<string, string>>;
  /** How its runs are called, as it stands: with expressions. */
  readonly runName: string | undefined;
}

/** Of a workflow of GitHub Actions; undefined where its text cannot be read. Never throws for what it holds. */
export function readDispatch(file: string, text: string): Dispatch | undefined {
  const reading = new Reading({ files: [file], texts: new Map([[file, text]]) }, file);
  try {
    const [tree] = readTrees(reading, file, startOf(file));
    const root = new Value(tree ?? { kind: 'empty', place: startOf(file) });
    if (!root.isMap) return undefined;
    const inputs = root.get('on', 'workflow_dispatch', 'inputs').entries;
    return {
      isOffered: readTriggers(root).some(({ kind }) => kind === 'manual'),
      inputs: readInputs(root, ['workflow_dispatch']),
      descriptions: Object.fromEntries(
        inputs.flatMap(([name, body]) => {
          const said = body.get('description').text;
          return said === undefined ? [] : [[name, said]];
        }),
      ),
      runName: root.get('run-name').text,
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return undefined;
  }
}
