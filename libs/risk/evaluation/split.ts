import type { Project } from '../dataset/labelled-change.js';

/** Share of a project's changes, the earliest, that a model may learn from; it is tested on the rest. */
export const TRAINING_SHARE = 0.8;

export function splitByTime(project: Project): { readonly training: Project; readonly test: Project } {
  const end = Math.floor(TRAINING_SHARE * project.changes.length);
  return {
    training: { ...project, changes: project.changes.slice(0, end) },
    test: { ...project, changes: project.changes.slice(end) },
  };
}
