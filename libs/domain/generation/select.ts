import type { OrderedProject } from './ci/apply.js';
import type { Note, Reason } from './facts.js';
import type { Impact } from './impact.js';
import { because, type Part, type Task } from './project.js';

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
  const whole = projects.every((project) => impact.selected.has(project));
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
    const lockChanged = impact.places.locks.length > 0 ? (project.onLockChange ?? []) : [];
    const parts = [
      ...project.parts.filter((part) => !isDoneElsewhere(part, project, projects, whole, impact)),
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

/**
 * Scripts of a workspace's root most often run those of all members. So where all are built, the root's go over the
 * members'; where some are, the members' go over the root's.
 */
function isDoneElsewhere(
  { task }: Part,
  project: OrderedProject,
  projects: readonly OrderedProject[],
  whole: boolean,
  impact: Impact,
): boolean {
  if (SERVICE.includes(task)) return false;
  const has = (other: OrderedProject) => other.parts.some((part) => part.task === task);
  if (project.workspace !== undefined) {
    return (
      whole &&
      projects.some(
        (other) => other.directory === project.workspace && other.ecosystem === 'node' && has(other),
      )
    );
  }
  return (
    !whole &&
    projects.some(
      (other) => other.workspace === project.directory && impact.selected.has(other) && has(other),
    )
  );
}
