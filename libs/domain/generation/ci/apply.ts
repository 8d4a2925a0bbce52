import { OUTWARD } from '../../pipelines/findings/programs.js';
import { PLATFORMS, platformOf } from '../../pipelines/platforms.js';
import { readPipelines } from '../../pipelines/read-pipelines.js';
import { type CiCommand, type CiRest, commandsOf } from '../../pipelines/reading/commands.js';
import { ECOSYSTEMS } from '../ecosystems/table.js';
import type { Evidence, Note, Reason } from '../facts.js';
import type { Part, Project, Task } from '../project.js';
import { TASKS } from '../project.js';
import { folderOf, type Repository } from '../repository.js';

/** What the files of continuous integration say about the projects. */
export interface CiFindings {
  readonly projects: readonly OrderedProject[];
  readonly notes: readonly Note[];
}

export interface OrderedProject extends Project {
  /** The job that tests before it builds, where one does. */
  readonly testsFirst?: Evidence;
}

/** At most so many commands of one task are taken over. */
const MAX_COMMANDS = 10;

/** Takes the commands of the jobs as evidence: they confirm, replace or add to what the build files led to. */
export function applyCi(repository: Repository, projects: readonly Project[]): CiFindings {
  const { pipelines, unread } = readPipelines(repository.facts);
  const notes: Note[] = unread.flatMap(({ code, place: { file, line }, message }): Note[] =>
    // What another repository holds would lead to no command here.
    code === 'reference-remote' ? [] : [{ text: message, evidence: [{ file, line }] }],
  );
  const commands: CiCommand[] = [];
  const known = new Set<string>();
  for (const { platform, jobs } of pipelines) {
    const rest: CiRest[] = [];
    for (const read of jobs.map(commandsOf)) {
      // Jobs may share what they run: anchors, templates, a job in two workflows.
      const isNew = (each: CiRest | CiCommand) => {
        const text = 'words' in each ? each.words.join(' ') : each.text;
        const key = `${each.file}:${each.line}:${text}`;
        return !known.has(key) && known.add(key) !== undefined;
      };
      commands.push(...read.commands.filter(isNew));
      rest.push(...read.rest.filter(isNew));
    }
    notes.push(...noteRest(PLATFORMS[platform].title, rest));
  }
  const taken = commands.filter((command) => !isOutward(command, notes));
  return {
    projects: projects.map((project) => applyTo(project, taken)),
    notes: [...notes, ...noteUnknown(projects, taken)],
  };
}

function noteRest(title: string, rest: readonly CiRest[]): Note[] {
  const [first] = rest;
  if (first === undefined) return [];
  const lines = `${rest.length} ${rest.length === 1 ? 'line is' : 'lines are'}`;
  return [
    {
      text: `${lines} more than a program and its arguments (variables, pipes, expressions), hence not taken over from ${title}; the first: ${first.text.slice(0, 80)}`,
      evidence: rest.slice(0, 5).map(({ file, line }) => ({ file, line })),
    },
  ];
}

function isOutward({ words, file, line }: CiCommand, notes: Note[]): boolean {
  const text = words.join(' ');
  const outward = OUTWARD.test(text);
  if (outward)
    notes.push({
      text: `It changes something outside, so it was left out: ${text.slice(0, 80)}`,
      evidence: [{ file, line }],
    });
  return outward;
}

function taskOf(project: Project, { words, directory }: CiCommand): Task | undefined {
  return directory === project.directory ? ECOSYSTEMS[project.ecosystem].classify(words) : undefined;
}

function noteUnknown(projects: readonly Project[], commands: readonly CiCommand[]): Note[] {
  const unknown = commands.filter((command) =>
    projects.every((project) => taskOf(project, command) === undefined),
  );
  if (unknown.length === 0) return [];
  const names = [...new Set(unknown.map(({ words }) => words.slice(0, 4).join(' ').slice(0, 60)))];
  return [
    {
      text: `Commands of jobs that belong to no project that was found, hence left out: ${names.slice(0, 5).join('; ')}${names.length > 5 ? '; …' : ''}`,
      evidence: unknown.slice(0, 5).map(({ file, line }) => ({ file, line })),
    },
  ];
}

function applyTo(project: Project, commands: readonly CiCommand[]): OrderedProject {
  const { adapt } = ECOSYSTEMS[project.ecosystem];
  const byTask = new Map<Task, CiCommand[]>();
  for (const command of commands) {
    const task = taskOf(project, command);
    if (task === undefined) continue;
    const words = adapt === undefined ? command.words : adapt(command.words, project);
    const same = byTask.get(task) ?? [];
    if (same.length < MAX_COMMANDS && !same.some((each) => isSame(each.words, words)))
      same.push({ ...command, words });
    byTask.set(task, same);
  }
  if (byTask.size === 0) return project;
  const parts = TASKS.flatMap((task) =>
    merge(
      project.parts.filter((part) => part.task === task),
      byTask.get(task) ?? [],
      task,
    ),
  );
  const first = testsFirst(byTask);
  return { ...project, parts, ...(first === undefined ? {} : { testsFirst: first }) };
}

/** What jobs do goes over what is guessed; what both say is certain. */
function merge(own: readonly Part[], commands: readonly CiCommand[], task: Task): readonly Part[] {
  const kept = own.flatMap((part): Part[] => {
    const command = commands.find(({ words }) => isSame(words, bareOf(part)) || isSame(words, part.run));
    if (command !== undefined) return [{ ...part, why: confirm(part.why, command) }];
    return commands.length === 0 || part.task === 'format' ? [part] : [];
  });
  const added = commands
    .filter(({ words }) => !own.some((part) => isSame(words, bareOf(part)) || isSame(words, part.run)))
    .map((command): Part => takeOver(command, task, own[0]));
  // In the order of the jobs; the first of our own stands for its place.
  return [...kept, ...added];
}

function takeOver({ words, job, file, line }: CiCommand, task: Task, instead: Part | undefined): Part {
  const path = words.map((word) => /^--junit-?xml=(.+)$/.exec(word)?.[1]).find((each) => each !== undefined);
  const always =
    instead?.report !== undefined && instead.report.added === undefined ? instead.report : undefined;
  const why: Reason = {
    reason: `The job \`${job}\` of ${file} does so${instead === undefined ? '' : `, in place of \`${instead.run.join(' ').slice(0, 100)}\``}.`,
    evidence: [{ file, line }, ...(instead?.why.evidence ?? [])],
    confidence: 'certain',
  };
  const report =
    path === undefined ? always : { files: [path], why: { ...why, reason: `The job \`${job}\` writes it.` } };
  return {
    task,
    run: words,
    why,
    ...(task === 'install' || instead?.network ? { network: true } : {}),
    ...(instead?.advisory ? { advisory: true } : {}),
    ...(instead?.environment === undefined || instead.report?.added !== undefined
      ? {}
      : { environment: instead.environment }),
    ...(report === undefined ? {} : { report }),
  };
}

function confirm(why: Reason, { job, file, line }: CiCommand): Reason {
  return {
    reason: `${why.reason} The job \`${job}\` of ${file} does the same.`,
    evidence: [...why.evidence, { file, line }],
    confidence: 'certain',
  };
}

/** A command without what was added to it for a report. */
function bareOf({ run, report }: Part): readonly string[] {
  return report?.added === undefined ? run : run.slice(0, run.length - report.added.length);
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, index) => word === b[index]);
}

function testsFirst(byTask: ReadonlyMap<Task, readonly CiCommand[]>): Evidence | undefined {
  const build = byTask.get('build')?.[0];
  const test = byTask.get('test')?.find((each) => each.file === build?.file && each.job === build.job);
  return build !== undefined && test !== undefined && test.line < build.line
    ? { file: test.file, line: test.line }
    : undefined;
}

/** Whether a path steers continuous integration. */
export function isCiFile(path: string): boolean {
  return platformOf(path) !== undefined || folderOf(path).startsWith('.github');
}
