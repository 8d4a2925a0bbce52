import type { Input, InputType, Pipeline } from '../pipeline.js';
import { type Reading, startOf } from '../reading/context.js';
import { noteUnknownKeys } from '../reading/known-keys.js';
import { lookUp } from '../reading/look-up.js';
import { Value } from '../reading/value.js';
import { readTrees } from '../reading/yaml-tree.js';
import { readJobs } from './jobs.js';
import { readTriggers } from './triggers.js';

const KEYS = ['name', 'run-name', 'on', 'permissions', 'env', 'defaults', 'concurrency', 'jobs'];

/** A workflow of GitHub Actions. */
export function readGitHubActions(reading: Reading): readonly Pipeline[] {
  const start = startOf(reading.file);
  const [tree] = readTrees(reading, reading.file, start);
  const root = new Value(tree ?? { kind: 'empty', place: start });
  if (!root.isMap) {
    reading.note('shape-unexpected', root.place, 'A workflow is a map with `on` and `jobs`.');
    return [];
  }
  noteUnknownKeys(reading, root, KEYS);
  const concurrency = root.get('concurrency');
  const group = concurrency.text ?? concurrency.get('group').text;
  return [
    {
      platform: 'github-actions',
      name: root.get('name').text ?? reading.file.slice(reading.file.lastIndexOf('/') + 1),
      place: start,
      triggers: readTriggers(root),
      inputs: readInputs(root),
      jobs: readJobs(root, reading),
      uses: [],
      permissions: root.get('permissions').exists || root.get('permissions').isMap,
      ...(group === undefined ? {} : { concurrency: group }),
    },
  ];
}

const TYPES: Readonly<Record<string, InputType>> = {
  boolean: 'boolean',
  number: 'number',
  choice: 'choice',
};

/** Of those who start it by hand, and of workflows that call it. */
function readInputs(root: Value): readonly Input[] {
  const given = ['workflow_dispatch', 'workflow_call'].flatMap((event) =>
    root.get('on', event, 'inputs').entries.map(([name, body, place]) => ({ name, body, place })),
  );
  const names = new Set<string>();
  return given.flatMap(({ name, body, place }): Input[] => {
    if (names.has(name)) return [];
    names.add(name);
    const initial = body.get('default');
    const choices = body.get('options').texts;
    return [
      {
        name,
        type: lookUp(TYPES, body.get('type').text) ?? 'text',
        required: body.get('required').isTrue,
        place,
        ...(initial.exists ? { default: initial.toJson() } : {}),
        ...(choices.length === 0 ? {} : { choices }),
      },
    ];
  });
}
