import type { Json } from '../json.js';
import type { Note, Reason, RepositoryFacts } from './facts.js';
import { evidenceOfFiles, type Impact, PLACES, type PlaceName } from './impact.js';
import { Ids, slugOf } from './names.js';
import { because, type Part } from './project.js';
import type { Risk } from './risk.js';
import { rolloutStage } from './rollout.js';
import type { Job } from './select.js';
import { type Replaceable, stepsOf } from './steps.js';
import { block, type Line, line, literal } from './tree.js';

export interface Assembly {
  readonly facts: RepositoryFacts;
  readonly impact: Impact;
  readonly jobs: readonly Job[];
  readonly risk?: Risk;
  readonly notes: Note[];
}

/** The lines of the whole definition. */
export function assemble(assembly: Assembly): readonly Line[] {
  const { facts, jobs, risk } = assembly;
  const ids = new Ids();
  for (const id of ['prepare', 'checkout', 'risk', 'review', 'sign-off', 'nothing-to-do']) ids.take(id);
  const replaceable = replaceableIn(jobs);
  const stages = nameStages(jobs, ids);
  const reports: string[] = [];
  const built = orderByNeed(jobs).map((job) => {
    const id = stages.get(job)!;
    const prefix = jobs.length === 1 ? '' : id;
    const steps = stepsOf(job, { folder: facts.folder, prefix, ids, replaceable });
    reports.push(...steps.reports);
    return stageOf(job, id, steps.lines, stages);
  });
  const verified = jobs.map((job) => stages.get(job)!);
  const review = reviewStage(assembly, verified);
  const rollouts =
    facts.change === undefined
      ? []
      : jobs.flatMap(
          (job) =>
            rolloutStage(job, stages.get(job)!, {
              folder: facts.folder,
              ids,
              needs: review === undefined ? verified : ['review'],
            }) ?? [],
        );
  return [
    line('sluice', 1),
    line(
      'name',
      `verify-${slugOf(facts.name, 'repository')}`.slice(0, 60),
      because('certain', 'After the folder.'),
    ),
    line('description', descriptionOf(assembly)),
    block('inputs', inputsOf(facts, jobs, replaceable, rollouts.length > 0)),
    block('stages', [prepareStage(assembly), ...built, review, ...rollouts]),
    block('output', outputLines(reports, risk)),
  ];
}

function descriptionOf({ facts, jobs }: Assembly): string {
  const titles = jobs.map(({ project }) => project.title);
  const what =
    titles.length === 0
      ? 'nothing to build'
      : titles.slice(0, 5).join(', ') + (titles.length > 5 ? ` and ${titles.length - 5} more` : '');
  const change = facts.change === undefined ? '' : ` for ${facts.change.base}..${facts.change.head}`;
  return literal(`Verifies ${facts.name}${change}: ${what}.`.slice(0, 500));
}

/** Tasks of which there is one command, so that an input can stand for it. */
function replaceableIn(jobs: readonly Job[]): readonly Replaceable[] {
  return (['install', 'test'] as const).filter((task) => partsOf(jobs, task).length === 1);
}

function partsOf(jobs: readonly Job[], task: Replaceable): readonly Part[] {
  return jobs.flatMap(({ parts }) => parts.filter((part) => part.task === task));
}

function nameStages(jobs: readonly Job[], ids: Ids): ReadonlyMap<Job, string> {
  return new Map(
    jobs.map((job) => {
      const { directory, ecosystem } = job.project;
      const shared = jobs.some((other) => other !== job && other.project.directory === directory);
      const place = directory === '' ? '' : slugOf(directory, 'project');
      const wanted =
        jobs.length === 1 ? 'verify' : place === '' ? ecosystem : shared ? `${place}-${ecosystem}` : place;
      return [job, ids.take(wanted)] as const;
    }),
  );
}

/** What others need comes first; of a circle, whoever comes first in it waits for nobody. */
function orderByNeed(jobs: readonly Job[]): readonly Job[] {
  const ordered = new Set<Job>();
  const visit = (job: Job, above: ReadonlySet<Job>) => {
    if (ordered.has(job) || above.has(job)) return;
    for (const each of neededBy(job, jobs)) visit(each, new Set([...above, job]));
    ordered.add(job);
  };
  for (const job of jobs) visit(job, new Set());
  return [...ordered];
}

/** A container is made of what lies in its folder; apart from that, projects of one folder do not wait for each other. */
function neededBy({ project }: Job, jobs: readonly Job[]): readonly Job[] {
  return jobs.filter(
    (other) =>
      other.project !== project &&
      project.dependsOn.includes(other.project.directory) &&
      (other.project.directory !== project.directory || other.project.ecosystem !== project.ecosystem),
  );
}

function stageOf(job: Job, id: string, steps: readonly Line[], stages: ReadonlyMap<Job, string>): Line {
  const all = [...stages.keys()];
  const order = orderByNeed(all);
  const needed = neededBy(job, all).filter((other) => order.indexOf(other) < order.indexOf(job));
  const why: Reason =
    needed.length === 0
      ? because('certain', 'Beside the other projects, as soon as the sources are there.')
      : because(
          'certain',
          `After ${needed
            .map(({ project }) => project.title)
            .join(', ')
            .slice(0, 200)}, of which it is made.`,
          ...job.project.why.evidence.slice(0, 2),
        );
  return block(
    id,
    [
      line('name', literal(job.project.title)),
      line('needs', needed.length === 0 ? ['prepare'] : needed.map((each) => stages.get(each)!), why),
      job.project.ecosystem === 'container'
        ? line('if', 'inputs.images', because('certain', 'Only where whoever starts the run asks for it.'))
        : undefined,
      block('steps', steps),
    ],
    {
      ...job.project.why,
      reason: `${job.project.why.reason} ${job.why.reason}`,
      evidence: [...job.project.why.evidence, ...job.why.evidence],
    },
  );
}

function inputsOf(
  facts: RepositoryFacts,
  jobs: readonly Job[],
  replaceable: readonly Replaceable[],
  deploys: boolean,
): Line[] {
  const origin = facts.origin === undefined ? '' : ` Elsewhere than on this machine, take ${facts.origin}.`;
  const text = (task: Replaceable) => partsOf(jobs, task)[0]!;
  return [
    line(
      'repository',
      {
        type: 'string',
        minLength: 1,
        ...(facts.address === undefined ? {} : { default: facts.address }),
        description: 'URL of a git repository, or a path on the worker.',
      },
      facts.address === undefined
        ? because(
            'certain',
            'The folder is no git repository with a commit, so it has to be said what to check out.',
          )
        : because('certain', `The repository of the folder.${origin}`),
    ),
    line(
      'ref',
      { type: 'string', default: facts.change?.head ?? 'HEAD', description: 'Branch, tag or commit.' },
      facts.change === undefined
        ? because('certain', 'What is checked out in the repository; name a branch to have another.')
        : because('certain', 'The end of the change.'),
    ),
    ...replaceable.map((task) =>
      line(
        task,
        {
          type: 'array',
          items: { type: 'string' },
          default: [...text(task).run],
          description: `Program and arguments that ${task === 'test' ? 'test' : 'install'}; an empty list leaves it out.`,
        },
        text(task).why,
      ),
    ),
    ...(jobs.some(({ project }) => project.ecosystem === 'container')
      ? [
          line(
            'images',
            { type: 'boolean', default: false, description: 'Whether container images are built.' },
            because('likely', 'Images need docker on the worker, which most workers are kept from.'),
          ),
        ]
      : []),
    ...(deploys
      ? [
          line(
            'deploy',
            {
              type: 'boolean',
              default: false,
              description: 'Whether changes of infrastructure are planned and, once approved, applied.',
            },
            because('certain', 'Nothing outside is changed unless somebody asks for it.'),
          ),
        ]
      : []),
  ];
}

function prepareStage({ impact, risk, jobs }: Assembly): Line {
  const idle =
    impact.idle ?? because('certain', 'No build file that is known was found, so there is nothing to run.');
  return block('prepare', [
    block('steps', [
      block(
        'checkout',
        [
          line('uses', 'git/checkout'),
          line('with', { repository: '${{ inputs.repository }}', ref: '${{ inputs.ref }}' }),
          line(
            'timeout',
            '10m',
            because('guess', 'Ample for large repositories: only one commit is fetched.'),
          ),
          line(
            'retry',
            { attempts: 3, delay: '5s' },
            because('likely', 'It talks to others, who may be away for a moment.'),
          ),
        ],
        because('certain', 'All that follows works on these sources, in the workspace of the run.'),
      ),
      risk === undefined ? undefined : riskStep(risk),
      jobs.length > 0
        ? undefined
        : block(
            'nothing-to-do',
            [line('uses', 'log/write'), line('with', { message: literal(idle.reason) })],
            idle,
          ),
    ]),
  ]);
}

function riskStep({ score, level, because: factors }: Risk): Line {
  const evidence = factors.flatMap((factor) => factor.evidence).slice(0, 10);
  const said = factors.map(({ points, text }) => `${points} points: ${text}`);
  const reason = `The risk of the change, of 100, from where it is and how large. ${said.join(' ')}`.trim();
  return block(
    'risk',
    [line('needs', []), line('set', { score, level, because: factors.map(({ text }) => literal(text)) })],
    because('likely', reason, ...evidence),
  );
}

/** Places that people should look at before it goes on. */
const REVIEWED: readonly PlaceName[] = ['migrations', 'ci'];

function reviewStage({ impact, risk }: Assembly, verified: readonly string[]): Line | undefined {
  const touched = REVIEWED.filter((name) => impact.places[name].length > 0);
  if (risk === undefined || impact.idle !== undefined || (touched.length === 0 && risk.level !== 'high'))
    return undefined;
  const places = touched.map((name) => PLACES[name].title);
  const what = places.length > 0 ? `It touches ${places.join(' and ')}` : 'Its risk is high';
  const files = touched.flatMap((name) => impact.places[name]);
  return block(
    'review',
    [
      line(
        'needs',
        verified.length === 0 ? ['prepare'] : verified,
        because('likely', 'People are asked once machines are content.'),
      ),
      block('steps', [
        block('sign-off', [
          line(
            'approval',
            {
              by: ['approver'],
              message: literal(`${what} (risk ${risk.score} of 100, ${risk.level}). Have you read it?`),
            },
            because('guess', 'Anybody with the role approver but who started the run; one is enough.'),
          ),
        ]),
      ]),
    ],
    because('likely', `${what}, so a person decides.`, ...evidenceOfFiles(files)),
  );
}

function outputLines(reports: readonly string[], risk: Risk | undefined): Line[] {
  const shown = reports.slice(0, MAX_REPORTS);
  const numbers = (id: string): Json =>
    `\${{ steps.${id}.output == null ? null : {'passed': steps.${id}.output.passed, 'failed': steps.${id}.output.failed, 'skipped': steps.${id}.output.skipped} }}`;
  return [
    line('commit', '${{ steps.checkout.output.commit }}', because('certain', 'What was verified.')),
    ...(risk === undefined
      ? []
      : [line('risk', '${{ steps.risk.output }}', because('certain', 'As computed above.'))]),
    ...(shown.length === 0
      ? []
      : [
          block(
            'tests',
            shown.map((id) => line(id, numbers(id))),
            because('certain', 'The numbers of each report; null where none was read.'),
          ),
        ]),
  ];
}

const MAX_REPORTS = 20;
