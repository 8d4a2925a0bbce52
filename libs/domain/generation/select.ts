import type { OrderedProject } from './ci/apply.js';
import type { Note, Reason } from './facts.js';
import type { Impact } from './impact.js';
import { because, type Part, type Task } from './project.js';
import { folderOf } from './repository.js';

/** A project with what is done for it in this definition. */
export interface Job {
  readonly project: OrderedProject;
  readonly why: Reason;
  readonly parts: readonly Part[];
}

/** More stages than anybody reads. */
const MAX_JOBS = 100;

/** What a worker needs before scripts of workspaces can run. */
const SERVICE: readonly Task[] = ['tools', 'environment', 'install'];

/** Chooses what is done for each project: for those that changed all, and nothing twice where a workspace's root does it too. */
export function selectJobs(
  projects: readonly OrderedProject[],
  impact: Impact,
  notes: Note[],
): readonly Job[] {
  const workspaces = findWorkspaces(projects, impact);
  const jobs = projects.flatMap((project): Job[] => {
    if (impact.serving.has(project)) {
      const parts = project.parts.filter(({ task }) => SERVICE.includes(task));
      return [
        {
          project,
          parts,
          why: because(
            'certain',
            'Its workspaces need what it installs; it is not touched itself.',
            ...project.why.evidence,
          ),
        },
      ];
    }
    const why = impact.selected.get(project);
    if (why === undefined) return [];
    const locked = impact.places.locks.some(({ path }) => folderOf(path) === project.directory);
    const lockChanged = locked ? (project.onLockChange ?? []) : [];
    const parts = [
      ...project.parts.filter((part) => !isDoneElsewhere(part, project, workspaces)),
      ...lockChanged,
    ];
    return parts.length === 0 ? [] : [{ project, why, parts }];
  });
  if (jobs.length > MAX_JOBS) {
    notes.push({
      text: `${jobs.length - MAX_JOBS} of ${jobs.length} projects were left out: a definition of more than ${MAX_JOBS} is of use to nobody. Generate for a folder of them, or for a change.`,
      evidence: jobs.slice(MAX_JOBS, MAX_JOBS + 5).flatMap(({ project }) => project.why.evidence.slice(0, 1)),
    });
  }
  return jobs.slice(0, MAX_JOBS);
}

interface Workspace {
  /** Whether all of its members are built. */
  readonly whole: boolean;
  /** What the root has commands for, and what the members that are built have. */
  readonly ofRoot: ReadonlySet<Task>;
  readonly ofMembers: ReadonlySet<Task>;
}

/** By the folder of the root. */
function findWorkspaces(projects: readonly OrderedProject[], impact: Impact): ReadonlyMap<string, Workspace> {
  const tasksOf = (some: readonly OrderedProject[]) =>
    new Set(some.flatMap(({ parts }) => parts.map(({ task }) => task)));
  const members = Map.groupBy(
    projects.filter(({ workspace }) => workspace !== undefined),
    ({ workspace }) => workspace!,
  );
  return new Map(
    [...members].map(([directory, all]) => {
      const root = projects.filter((each) => each.directory === directory && each.ecosystem === 'node');
      const built = all.filter((each) => impact.selected.has(each));
      return [
        directory,
        { whole: built.length === all.length, ofRoot: tasksOf(root), ofMembers: tasksOf(built) },
      ] as const;
    }),
  );
}

/**
 * Scripts of a workspace's root most often run those of all members. So where all are built, the root's go over the
 * members'; where some are, the members' go over the root's.
 */
function isDoneElsewhere(
  { task }: Part,
  project: OrderedProject,
  workspaces: ReadonlyMap<string, Workspace>,
): boolean {
  if (SERVICE.includes(task)) return false;
  if (project.workspace !== undefined) {
    const around = workspaces.get(project.workspace)!;
    return around.whole && around.ofRoot.has(task);
  }
  const own = project.ecosystem === 'node' ? workspaces.get(project.directory) : undefined;
  return own !== undefined && !own.whole && own.ofMembers.has(task);
}
