import { because, type Ecosystem, type Part, type Project, type Rollout, type Task } from '../project.js';
import { evidenceOf, folderOf, nameOf, type Repository, resolveFrom } from '../repository.js';

export const terraform: Ecosystem = {
  title: 'Terraform',
  recognises: [
    {
      files: '`*.tf`',
      pattern: /\.tf$/,
      leadsTo:
        '`terraform fmt -check`, `init -backend=false`, `validate`; where a change touches it `plan`, approval, `apply`. Modules that others call are checked with them.',
      read: true,
    },
    {
      files: '`.terraform.lock.hcl`',
      pattern: /(^|\/)\.terraform\.lock\.hcl$/,
      leadsTo: '`init -lockfile=readonly`.',
      read: false,
    },
  ],
  detect: detectTerraform,
  classify,
};

function detectTerraform(repository: Repository): readonly Project[] {
  const files = repository.named(/\.tf$/);
  const folders = [...new Set(files.map(folderOf))];
  const calls = new Map(folders.map((folder) => [folder, calledFrom(folder, files, repository)] as const));
  const called = new Set([...calls.values()].flat());
  const roots = folders.filter((folder) => !called.has(folder) && !/(^|\/)modules\//.test(`${folder}/`));
  return (roots.length > 0 ? roots : folders).map((folder) => {
    const own = files.filter((file) => folderOf(file) === folder);
    const lock = repository.firstOf(folder, ['.terraform.lock.hcl']);
    return {
      ecosystem: 'terraform',
      directory: folder,
      title: `Terraform of ${folder || 'the root'}`,
      why: because('certain', 'A root module of Terraform: no other one calls it.', mainOf(own, repository)),
      parts: partsOf(own, lock, repository),
      dependsOn: [...reach(folder, calls)].filter((each) => each !== folder),
      rollout: rolloutOf(folder, own, lock, repository),
    };
  });
}

function calledFrom(folder: string, files: readonly string[], repository: Repository): readonly string[] {
  return files
    .filter((file) => folderOf(file) === folder)
    .flatMap((file) => [
      ...(repository.text(file) ?? '').matchAll(/^\s*source\s*=\s*"(\.{1,2}\/[^"\n]{0,200})"/gm),
    ])
    .flatMap(([, path]) => resolveFrom(folder, path!) ?? []);
}

/** Folders of modules that are called, also by way of others. */
function reach(
  folder: string,
  calls: ReadonlyMap<string, readonly string[]>,
  seen = new Set<string>(),
): ReadonlySet<string> {
  for (const next of calls.get(folder) ?? []) {
    if (seen.has(next)) continue;
    seen.add(next);
    reach(next, calls, seen);
  }
  return seen;
}

function mainOf(files: readonly string[], repository: Repository) {
  const file = files.find((each) => nameOf(each) === 'main.tf') ?? files[0]!;
  return evidenceOf(repository, file, /^(terraform|provider|resource|module)\b/m);
}

function partsOf(files: readonly string[], lock: string | undefined, repository: Repository): Part[] {
  const evidence = mainOf(files, repository);
  const readonly = lock === undefined ? [] : ['-lockfile=readonly'];
  return [
    {
      task: 'tools',
      run: ['terraform', 'version'],
      why: because('likely', 'Says in the log which Terraform the worker has.', evidence),
    },
    {
      task: 'format',
      run: ['terraform', 'fmt', '-check', '-diff', '-recursive'],
      why: because('likely', 'Terraform brings its own format; most keep to it.', evidence),
    },
    {
      task: 'install',
      run: ['terraform', 'init', '-backend=false', '-input=false', ...readonly],
      network: true,
      why: because(
        'certain',
        `Fetches providers and modules, without touching any state.`,
        lock === undefined ? evidence : { file: lock },
      ),
    },
    {
      task: 'validate',
      run: ['terraform', 'validate'],
      why: because('certain', 'Checks the configuration without asking any cloud.', evidence),
    },
  ];
}

function rolloutOf(
  folder: string,
  files: readonly string[],
  lock: string | undefined,
  repository: Repository,
): Rollout {
  const evidence =
    files
      .map((file) => evidenceOf(repository, file, /^\s*backend\s+"|^\s*cloud\s*\{/m))
      .find(({ line }) => line !== undefined) ?? mainOf(files, repository);
  const readonly = lock === undefined ? [] : ['-lockfile=readonly'];
  return {
    question: `Apply the plan of Terraform for ${folder || 'the root'}? It stands in the log of the step above.`,
    plan: [
      {
        id: 'init',
        run: ['terraform', 'init', '-input=false', '-reconfigure', ...readonly],
        network: true,
        why: because(
          'certain',
          'Now with the backend, because a plan needs the state. Its credentials have to be given to the step as secrets.',
          evidence,
        ),
      },
      {
        id: 'plan',
        run: ['terraform', 'plan', '-input=false', '-out=sluice.tfplan'],
        why: because(
          'certain',
          'Shows what would change, and keeps it, so that what is approved is what is applied.',
          evidence,
        ),
      },
    ],
    apply: [
      {
        id: 'apply',
        run: ['terraform', 'apply', '-input=false', 'sluice.tfplan'],
        why: because('certain', 'Applies the plan that was approved, and nothing else.', evidence),
      },
    ],
  };
}

const VERBS: ReadonlyMap<string, Task> = new Map([
  ['fmt', 'format'],
  ['init', 'install'],
  ['validate', 'validate'],
]);

function classify(words: readonly string[]): Task | undefined {
  if (!/^(terraform|tofu)$/.test(words[0] ?? '')) return undefined;
  const verb = words.slice(1).find((word) => !word.startsWith('-'));
  return VERBS.get(verb ?? '');
}
