import { because, type Ecosystem, type Project, type Task } from '../project.js';
import { evidenceOf, folderOf, nameOf, type Repository } from '../repository.js';

export const helm: Ecosystem = {
  title: 'Helm',
  recognises: [
    {
      files: '`Chart.yaml`',
      pattern: /(^|\/)Chart\.yaml$/,
      leadsTo:
        '`helm lint`, `helm template`, `helm dependency build` where it has dependencies; where a change touches it a dry run, approval, `upgrade`.',
      read: true,
    },
  ],
  detect: (repository) => {
    const charts = repository.named('Chart.yaml');
    const folders = new Set(charts.map(folderOf));
    return charts
      .filter((file) => !isPartOfChart(folderOf(file), folders))
      .map((file) => toProject(file, repository));
  },
  classify,
};

/** Charts in `charts/` of another one are part of that. */
function isPartOfChart(folder: string, charts: ReadonlySet<string>): boolean {
  for (let at = `${folder}/`.indexOf('charts/'); at >= 0; at = folder.indexOf('charts/', at + 1)) {
    if ((at === 0 || folder[at - 1] === '/') && charts.has(folder.slice(0, Math.max(0, at - 1)))) return true;
  }
  return false;
}

function toProject(file: string, repository: Repository): Project {
  const folder = folderOf(file);
  const text = repository.text(file) ?? '';
  const given = /^name:\s*["']?([a-z0-9][a-z0-9-]{0,52})["']?\s*$/m.exec(text)?.[1];
  const name = given ?? (nameOf(folder) || repository.facts.name);
  const evidence = evidenceOf(repository, file, /^name:/m);
  const dependencies = evidenceOf(repository, file, /^dependencies:/m);
  return {
    ecosystem: 'helm',
    directory: folder,
    title: `Helm chart ${name}`,
    why: because('certain', `The Helm chart ${name}.`, evidence),
    parts: [
      {
        task: 'tools',
        run: ['helm', 'version', '--short'],
        why: because('likely', 'Says in the log which Helm the worker has.', evidence),
      },
      ...(dependencies.line === undefined
        ? []
        : [
            {
              task: 'install' as const,
              run: ['helm', 'dependency', 'build', '.'],
              network: true,
              why: because('certain', 'Fetches the charts that it depends on.', dependencies),
            },
          ]),
      {
        task: 'lint',
        run: ['helm', 'lint', '.'],
        why: because('certain', 'helm lint comes with Helm.', evidence),
      },
      {
        task: 'validate',
        run: ['helm', 'template', '.'],
        why: because('certain', 'Renders the manifests with the default values; asks no cluster.', evidence),
      },
    ],
    dependsOn: [],
    ...(given === undefined
      ? {}
      : {
          rollout: {
            question: `Upgrade the release ${name} of the chart ${folder || 'of the root'}? What would be sent stands in the log of the step above.`,
            plan: [
              {
                id: 'diff',
                run: ['helm', 'upgrade', '--install', name, '.', '--dry-run=server'],
                network: true,
                why: because(
                  'guess',
                  'A dry run against the cluster; the release is taken to have the name of the chart. The cluster has to be given to the step as a secret (KUBECONFIG).',
                  evidence,
                ),
              },
            ],
            apply: [
              {
                id: 'apply',
                run: ['helm', 'upgrade', '--install', name, '.', '--wait'],
                why: because(
                  'guess',
                  'Upgrades the release; with its own values where the team has any, which have to be added.',
                  evidence,
                ),
              },
            ],
          },
        }),
  };
}

const VERBS: ReadonlyMap<string, Task> = new Map([
  ['lint', 'lint'],
  ['template', 'validate'],
  ['dependency', 'install'],
  ['dep', 'install'],
]);

function classify(words: readonly string[]): Task | undefined {
  if (words[0] !== 'helm') return undefined;
  return VERBS.get(words[1] ?? '');
}
