import type { Pipeline } from '../pipeline.js';
import { type Reading, startOf } from '../reading/context.js';
import { noteUnknownKeys } from '../reading/known-keys.js';
import { Value } from '../reading/value.js';
import { readTrees } from '../reading/yaml-tree.js';
import { readInputs } from './inputs.js';
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
      inputs: readInputs(root, ['workflow_dispatch', 'workflow_call']),
      jobs: readJobs(root, reading),
      uses: [],
      permissions: root.get('permissions').exists || root.get('permissions').isMap,
      ...(group === undefined ? {} : { concurrency: group }),
    },
  ];
}
