import type { ParsedTree, TreeMap, TreeNode } from '../definition/tree.js';

/** A language of another tool, by the keys of its outermost map. */
interface KnownTool {
  /** As in "This is …". */
  readonly name: string;
  readonly cure: string;
  readonly recognises: (map: TreeMap) => boolean;
}

const GENERATE = '`sluice generate` makes a definition of a repository that has such files.';
const BY_HAND = 'It cannot be taken over; write what it does as a list of steps, or as a definition.';

const KNOWN_TOOLS: readonly KnownTool[] = [
  {
    name: 'a GitHub Actions workflow',
    cure: GENERATE,
    recognises: (map) => has(map, 'jobs') && (has(map, 'on') || holds(map, 'jobs', ['runs-on', 'uses'])),
  },
  {
    name: 'a GitLab CI file',
    cure: GENERATE,
    recognises: (map) => holds(map, undefined, ['script']) && !has(map, 'steps'),
  },
  {
    name: 'an Argo workflow',
    cure: BY_HAND,
    recognises: (map) => text(map, 'apiVersion').startsWith('argoproj.io/'),
  },
  {
    name: 'a Tekton resource',
    cure: BY_HAND,
    recognises: (map) => text(map, 'apiVersion').startsWith('tekton.dev/'),
  },
  {
    name: 'a Kubernetes resource',
    cure: 'It is no workflow; apply it in a step of one.',
    recognises: (map) => has(map, 'apiVersion') && has(map, 'kind'),
  },
  {
    name: 'a Kestra flow',
    cure: BY_HAND,
    recognises: (map) =>
      has(map, 'namespace') &&
      has(map, 'tasks') &&
      items(map, 'tasks').some((task) => text(task, 'type').includes('.')),
  },
  {
    name: 'a workflow of Serverless Workflow 0.8',
    cure: 'Only version 1.0 of the specification is taken over; its migration guide says what changed.',
    recognises: (map) => has(map, 'specVersion') || (has(map, 'states') && has(map, 'start')),
  },
  {
    name: 'an Amazon States Language machine',
    cure: BY_HAND,
    recognises: (map) => has(map, 'StartAt') && has(map, 'States'),
  },
  {
    name: 'a docker-compose file',
    cure: 'It is no workflow; start it in a step of one.',
    recognises: (map) => has(map, 'services') && !has(map, 'steps'),
  },
  {
    name: 'a CircleCI configuration',
    cure: GENERATE,
    recognises: (map) => has(map, 'jobs') && (has(map, 'workflows') || has(map, 'orbs')),
  },
  {
    name: 'an Azure Pipelines file',
    cure: GENERATE,
    recognises: (map) =>
      (has(map, 'pool') || has(map, 'trigger')) &&
      items(map, 'steps')
        .concat(items(map, 'jobs'))
        .some((step) => has(step, 'task') || has(step, 'script') || has(step, 'job')),
  },
  {
    name: 'an Ansible playbook',
    cure: BY_HAND,
    recognises: (map) => has(map, 'hosts') && (has(map, 'tasks') || has(map, 'roles')),
  },
  {
    name: 'a Drone pipeline',
    cure: BY_HAND,
    recognises: (map) =>
      text(map, 'kind') === 'pipeline' && items(map, 'steps').some((step) => has(step, 'image')),
  },
];

/** The tool whose file this is, where it is one that is known and not read. */
export function findKnownTool({ root }: ParsedTree): Pick<KnownTool, 'name' | 'cure'> | undefined {
  const first = root.kind === 'list' ? root.items[0] : root;
  if (first?.kind !== 'map' || first.entries.has('sluice') || first.entries.has('document')) return undefined;
  return KNOWN_TOOLS.find(({ recognises }) => recognises(first));
}

function has(map: TreeMap, key: string): boolean {
  return map.entries.has(key);
}

function text(map: TreeMap, key: string): string {
  const node = map.entries.get(key)?.value;
  return node?.kind === 'scalar' ? String(node.value) : '';
}

function items(map: TreeMap, key: string): readonly TreeMap[] {
  const node = map.entries.get(key)?.value;
  return node?.kind === 'list' ? node.items.filter(isMapNode) : [];
}

/** Some map in the map, or in its member, has one of the keys. */
function holds(map: TreeMap, member: string | undefined, keys: readonly string[]): boolean {
  const node = member === undefined ? map : map.entries.get(member)?.value;
  if (node?.kind !== 'map') return false;
  return [...node.entries.values()].some(
    ({ value }) => isMapNode(value) && keys.some((key) => value.entries.has(key)),
  );
}

function isMapNode(node: TreeNode): node is TreeMap {
  return node.kind === 'map';
}
