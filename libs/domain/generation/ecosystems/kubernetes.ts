import type { Evidence } from '../facts.js';
import { because, type Ecosystem, type Part, type Project, type Rollout, type Task } from '../project.js';
import { evidenceOf, folderOf, isIn, type Repository, resolveFrom } from '../repository.js';

const PLACES =
  /(^|\/)(k8s|kubernetes|manifests?|deploy(ments?)?|kustomize|overlays|base)\/([^\n]*\/)?[^/]+\.ya?ml$/;
const KUSTOMIZATION = /^kustomization\.ya?ml$/;

export const kubernetes: Ecosystem = {
  title: 'Kubernetes',
  recognises: [
    {
      files: '`kustomization.yaml`',
      pattern: /(^|\/)kustomization\.ya?ml$/,
      leadsTo:
        '`kubectl kustomize`; where a change touches it `diff`, approval, `apply`. Bases are checked with what uses them.',
      read: true,
    },
    {
      files: '`*.yaml` in `k8s`, `kubernetes`, `manifests`, `deploy` and the like',
      pattern: PLACES,
      leadsTo:
        'Manifests, where they have `apiVersion` and `kind`: `kubeconform`; where a change touches them `diff`, approval, `apply`.',
      read: true,
    },
  ],
  detect: detectKubernetes,
  classify,
};

const MANIFEST = /^kind:\s*["']?[A-Z]\w+/m;

function detectKubernetes(repository: Repository): readonly Project[] {
  const kustomized = kustomizations(repository);
  const charts = repository.named('Chart.yaml').map(folderOf);
  const taken = [...kustomized.keys(), ...charts];
  const plain = repository
    .named(/\.ya?ml$/)
    .filter((file) => PLACES.test(file) && isManifest(repository.text(file)))
    .filter((file) => !taken.some((folder) => isIn(file, folder)));
  const folders = [...new Set(plain.map(folderOf))];
  const bases = new Set([...kustomized.values()].flat());
  return [
    ...[...kustomized]
      .filter(([folder]) => !bases.has(folder))
      .map(([folder, uses]) => kustomizeProject(folder, uses, repository)),
    ...folders.map((folder) =>
      plainProject(
        folder,
        evidenceOf(repository, plain.find((file) => folderOf(file) === folder)!, MANIFEST),
      ),
    ),
  ];
}

function isManifest(text: string | undefined): boolean {
  return text !== undefined && /^apiVersion:\s*\S/m.test(text) && MANIFEST.test(text);
}

/** Folders with a kustomization, each with those that it uses. */
function kustomizations(repository: Repository): ReadonlyMap<string, readonly string[]> {
  return new Map(
    repository.named(KUSTOMIZATION).map((file) => {
      const folder = folderOf(file);
      const listed = [...(repository.text(file) ?? '').matchAll(/^\s*-\s+["']?(\.{1,2}\/[^"'\s#]{1,200})/gm)];
      return [folder, listed.flatMap(([, path]) => resolveFrom(folder, path!) ?? [])] as const;
    }),
  );
}

function kustomizeProject(folder: string, uses: readonly string[], repository: Repository): Project {
  const file = repository.firstOf(folder, ['kustomization.yaml', 'kustomization.yml'])!;
  const evidence = evidenceOf(repository, file, /^(resources|bases):/m);
  return {
    ecosystem: 'kubernetes',
    directory: folder,
    title: `kustomization ${folder || 'of the root'}`,
    why: because('certain', 'A kustomization that no other one uses.', evidence),
    parts: [
      tools(evidence),
      {
        task: 'validate',
        run: ['kubectl', 'kustomize', '.'],
        why: because('certain', 'Puts the manifests together; asks no cluster.', evidence),
      },
    ],
    dependsOn: uses,
    rollout: rolloutOf(folder, '-k', evidence),
  };
}

function plainProject(folder: string, evidence: Evidence): Project {
  const check: Part = {
    task: 'validate',
    run: ['kubeconform', '-strict', '-summary', '-ignore-missing-schemas', '.'],
    network: true,
    why: because(
      'guess',
      'Checks the manifests against the schemas of Kubernetes, which kubeconform fetches; no cluster is asked. It has to be on the worker.',
      evidence,
    ),
  };
  return {
    ecosystem: 'kubernetes',
    directory: folder,
    title: `Kubernetes manifests of ${folder || 'the root'}`,
    why: because('certain', 'Files with apiVersion and kind.', evidence),
    parts: [check],
    dependsOn: [],
    rollout: rolloutOf(folder, '-f', evidence),
  };
}

function tools(evidence: Evidence): Part {
  return {
    task: 'tools',
    run: ['kubectl', 'version', '--client'],
    why: because('likely', 'Says in the log which kubectl the worker has; asks no cluster.', evidence),
  };
}

function rolloutOf(folder: string, flag: '-k' | '-f', evidence: Evidence): Rollout {
  return {
    question: `Apply the manifests of ${folder || 'the root'}? What differs stands in the log of the step above.`,
    plan: [
      {
        id: 'diff',
        run: ['kubectl', 'diff', flag, '.'],
        successCodes: [0, 1],
        network: true,
        why: because(
          'likely',
          'Shows what would change in the cluster; 1 says that something would. The cluster has to be given to the step as a secret (KUBECONFIG).',
          evidence,
        ),
      },
    ],
    apply: [
      {
        id: 'apply',
        run: ['kubectl', 'apply', flag, '.'],
        why: because('likely', 'Applies what was shown.', evidence),
      },
    ],
  };
}

function classify(words: readonly string[]): Task | undefined {
  return /^(kubeconform|kubeval|kube-linter|kubectl kustomize|kustomize build)\b/.test(words.join(' '))
    ? 'validate'
    : undefined;
}
