import { SEARCH_ATTRIBUTES } from './names.js';
import type { InterpretInput } from './run.js';

/** What Temporal shows of a run, and finds it by, from its start. */
export interface RunLabels {
  readonly summary: string;
  readonly details: string;
  readonly memo: Readonly<Record<string, string>>;
  /** Values of the search attributes, by name. */
  readonly attributes: Readonly<Record<string, string>>;
}

export function labelRun({ run, plan, project, parent, origin: from }: InterpretInput): RunLabels {
  const origin = parent === undefined ? run.trigger : `${run.trigger}, step ${parent.step} of ${parent.run}`;
  return {
    summary: `${run.workflow} v${run.version}`,
    details: `Started by ${run.startedBy} (${origin}), plan ${plan.digest}.`,
    memo: { project, startedBy: run.startedBy, digest: plan.digest, ...from },
    attributes: {
      [SEARCH_ATTRIBUTES.workflow]: run.workflow,
      [SEARCH_ATTRIBUTES.version]: String(run.version),
      [SEARCH_ATTRIBUTES.status]: 'running',
      [SEARCH_ATTRIBUTES.trigger]: run.trigger,
    },
  };
}
