import type { Json } from '../json.js';
import type { OrderedProject } from './ci/apply.js';
import type { Reason } from './facts.js';
import type { Ids } from './names.js';
import { because, type Part, TASKS, type Task } from './project.js';
import { join } from './repository.js';
import type { Job } from './select.js';
import { block, type Line, line, literal } from './tree.js';

/** Commands that a person may replace when the run is started. */
export type Replaceable = 'install' | 'test';

export interface StepsOptions {
  /** Folder of the repository in which the projects' folders lie. */
  readonly folder: string;
  /** Stands before the tasks in ids; empty where there is one project. */
  readonly prefix: string;
  readonly ids: Ids;
  /** Tasks whose command is an input. */
  readonly replaceable: readonly Replaceable[];
}

export interface ProjectSteps {
  readonly lines: readonly Line[];
  /** Ids of the steps that read reports. */
  readonly reports: readonly string[];
}

const TIMEOUTS: Readonly<Record<Task, readonly [limit: string, why: string]>> = {
  tools: ['1m', 'It answers at once.'],
  environment: ['5m', 'It copies files.'],
  install: ['15m', 'It downloads; what takes longer hangs.'],
  format: ['10m', 'It reads each file once.'],
  lint: ['10m', 'It reads each file once.'],
  typecheck: ['10m', 'It reads each file once.'],
  check: ['15m', 'Nothing is known of how long it takes.'],
  validate: ['10m', 'It reads each file once.'],
  audit: ['5m', 'It asks a registry.'],
  build: ['30m', 'Nothing is known of how long it takes.'],
  test: ['30m', 'Nothing is known of how long the tests take.'],
  package: ['30m', 'It downloads images and builds.'],
};

/** Read only what is installed, hence run beside each other. */
const SIDE_BY_SIDE: readonly Task[] = ['format', 'lint', 'typecheck', 'validate', 'audit'];

/** Their effect is lost with the workspace, and made again with it. */
const FILLING: readonly Task[] = ['environment', 'install', 'build'];

/** The steps of one project: preparation in a row, checks beside each other, then build, test and package in a row. */
export function stepsOf(job: Job, options: StepsOptions): ProjectSteps {
  const lines: Line[] = [];
  const reports: string[] = [];
  let chain: string | undefined;
  const done: string[] = [];
  for (const task of orderOf(job.project)) {
    for (const part of job.parts.filter((each) => each.task === task)) {
      const id = options.ids.take(options.prefix === '' ? task : `${options.prefix}-${task}`);
      const needs = task === 'package' ? [...done] : chain === undefined ? undefined : [chain];
      lines.push(commandStep(id, part, needs, job, options));
      if (task !== 'package') done.push(id);
      if (!SIDE_BY_SIDE.includes(task)) chain = id;
      const report = part.report === undefined ? undefined : reportStep(id, part, job, options);
      if (report !== undefined) {
        lines.push(report);
        reports.push(report.key);
      }
    }
  }
  return { lines, reports };
}

function orderOf({ testsFirst }: OrderedProject): readonly Task[] {
  if (testsFirst === undefined) return TASKS;
  const rest = TASKS.filter((task) => task !== 'build');
  return rest.flatMap((task): Task[] => (task === 'test' ? ['test', 'build'] : [task]));
}

function commandStep(
  id: string,
  part: Part,
  needs: readonly string[] | undefined,
  { project }: Job,
  { folder, replaceable }: StepsOptions,
): Line {
  const { task } = part;
  const directory = join(folder, join(project.directory, part.directory ?? '')).replace(/\/$/, '');
  const input = replaceable.find((each) => each === task);
  const [limit, limitWhy] = TIMEOUTS[task];
  return block(
    id,
    [
      needs === undefined ? undefined : line('needs', needs, needsReason(task, project, needs)),
      input === undefined
        ? undefined
        : line('if', `size(inputs.${input}) > 0`, because('certain', 'An empty list leaves it out.')),
      line('uses', 'command/run'),
      block('with', [
        input === undefined
          ? line('run', part.run.map(literal))
          : line(
              'run',
              `\${{ inputs.${input} }}`,
              because('certain', `The default of the input is \`${part.run.join(' ').slice(0, 150)}\`.`),
            ),
        directory === ''
          ? undefined
          : line('directory', literal(directory), because('certain', 'The folder of the project.')),
        part.environment === undefined
          ? undefined
          : line('environment', part.environment as Json, environmentReason(part)),
        FILLING.includes(task)
          ? line(
              'rebuild',
              true,
              because(
                'certain',
                'What it makes lies in the workspace, and is made again where that is lost.',
              ),
            )
          : undefined,
      ]),
      line('timeout', limit, because('guess', limitWhy)),
      part.network === true
        ? line(
            'retry',
            { attempts: 3, delay: '5s' },
            because('likely', 'It talks to others, who may be away for a moment.'),
          )
        : undefined,
      part.advisory === true
        ? line('onFailure', 'continue', because('likely', 'It is worth knowing, and no reason to stop.'))
        : undefined,
    ],
    part.why,
  );
}

function environmentReason({ report }: Part): Reason {
  return report?.added === undefined
    ? because('likely', 'Needed to find, or not to leave, files.')
    : report.why;
}

function needsReason(task: Task, { testsFirst }: OrderedProject, needs: readonly string[]): Reason {
  if (task === 'package') return because('likely', 'Made of what has passed.');
  if (SIDE_BY_SIDE.includes(task))
    return because('likely', `It only reads, so nothing but ${needs.join()} has to be over.`);
  if (task === 'build' && testsFirst !== undefined)
    return because('certain', 'The job tests before it builds.', testsFirst);
  return because('likely', 'What is cheaper comes first.');
}

/** Characters that mean more in a pattern of files than themselves. */
const PATTERN = /[*?[\]{}()!\\]/;

function reportStep(
  test: string,
  { report }: Part,
  { project }: Job,
  { folder, ids }: StepsOptions,
): Line | undefined {
  const place = join(folder, project.directory).replace(/\/$/, '');
  if (report === undefined || PATTERN.test(place)) return undefined;
  const files = report.files.map((file) => literal(join(place, file)));
  return block(
    ids.take(test.replace(/test$/, 'report').replace(/^(?!.*report)/, 'report-')),
    [
      line('if', 'always()', because('certain', 'Failed tests are what a report is read for.')),
      line('needs', [test]),
      line('uses', 'report/junit'),
      block('with', [line('files', files.length === 1 ? files[0]! : files, report.why)]),
      line('timeout', '5m', because('guess', 'It reads a few files.')),
      line(
        'onFailure',
        'continue',
        because('likely', 'The command above has decided already; a report that is missing decides nothing.'),
      ),
    ],
    because('certain', 'Reads the numbers of the tests.', ...report.why.evidence),
  );
}
