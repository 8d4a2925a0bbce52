import { SluiceError } from '../errors.js';
import { readWorkflow } from '../front-ends/read-workflow.js';
import { wantsPipelineText } from '../pipelines/platforms.js';
import type { PlanActions } from '../plan/action.js';
import { assemble } from './assemble.js';
import { applyCi } from './ci/apply.js';
import { ECOSYSTEMS } from './ecosystems/table.js';
import type { Note, RepositoryFacts } from './facts.js';
import { assessImpact } from './impact.js';
import type { Ecosystem, EcosystemName, Project } from './project.js';
import { type Explanation, render } from './render.js';
import { isOwn, Repository } from './repository.js';
import { assessRisk, type Risk } from './risk.js';
import { selectJobs } from './select.js';

/** A definition that fits a repository, and why it is as it is. */
export interface Generation {
  /** YAML, with its explanation as comments. */
  readonly definition: string;
  /** In the order of the definition. */
  readonly explanations: readonly Explanation[];
  /** What became no line, and why. */
  readonly notes: readonly Note[];
  readonly projects: readonly GeneratedProject[];
  readonly risk?: Risk;
}

interface GeneratedProject {
  readonly ecosystem: EcosystemName;
  readonly directory: string;
  readonly title: string;
  /** Whether the definition builds it. */
  readonly built: boolean;
}

/** Whether the text of a file is needed for `RepositoryFacts`. */
export function wantsText(path: string): boolean {
  if (wantsPipelineText(path)) return true;
  return isOwn(path) && READ.some((pattern) => pattern.test(path));
}

const READ = Object.values(ECOSYSTEMS).flatMap(({ recognises }) =>
  recognises.flatMap(({ read, pattern }) => (read ? [pattern] : [])),
);

/**
 * Pure: the same facts give the same definition. What it answers with is valid and compiles. Throws SluiceError
 * `generation-invalid`, a bug of ours, where it would not.
 */
export function generate(facts: RepositoryFacts, actions: PlanActions): Generation {
  const notes: Note[] = [...facts.notes];
  const repository = new Repository(facts);
  const ci = applyCi(repository, detect(repository, notes));
  notes.push(...ci.notes);
  const impact = assessImpact(ci.projects, facts.change);
  const jobs = selectJobs(ci.projects, impact, notes);
  const risk = facts.change === undefined ? undefined : assessRisk(facts.change, impact);
  const lines = assemble({ facts, impact, jobs, notes, ...(risk === undefined ? {} : { risk }) });
  const built = new Set(jobs.map(({ project }) => project.directory + project.ecosystem));
  const { text, explanations } = render(lines, headOf(facts));
  requireValid(text, actions);
  return {
    definition: text,
    explanations,
    notes,
    projects: ci.projects.map(({ ecosystem, directory, title }) => ({
      ecosystem,
      directory,
      title,
      built: built.has(directory + ecosystem),
    })),
    ...(risk === undefined ? {} : { risk }),
  };
}

/** Projects of all kinds; make only where nothing else is known of a folder. */
function detect(repository: Repository, notes: Note[]): readonly Project[] {
  const found = (Object.values(ECOSYSTEMS) as Ecosystem[]).flatMap((ecosystem) =>
    ecosystem.detect(repository, notes),
  );
  const known = new Set(
    found
      .filter(({ ecosystem }) => ecosystem !== 'make' && ecosystem !== 'container')
      .map(({ directory }) => directory),
  );
  return found.filter(({ ecosystem, directory }) => ecosystem !== 'make' || !known.has(directory));
}

function headOf({ name, files, change }: RepositoryFacts): readonly string[] {
  const of =
    change === undefined
      ? ''
      : `, for the change ${change.base}..${change.head} (${change.files.length} files)`;
  return [
    `Written by sluice generate for ${name}, ${files.length} files${of}. Nothing of it was run.`,
    'Behind each reason stands what led to it and how sure it is: certain (the repository says so), likely (it is the custom), guess.',
  ];
}

function requireValid(text: string, actions: PlanActions): void {
  const { findings, workflow } = readWorkflow(text, actions, 'sluice');
  if (workflow !== undefined) {
    workflow.compile();
    return;
  }
  const [first] = findings.filter(({ severity }) => severity === 'error');
  throw new SluiceError({
    code: 'generation-invalid',
    fault: 'bug',
    message: `The definition that was generated is not valid: ${first?.message ?? 'it cannot be read'} (line ${first?.line ?? 1})`,
    hint: 'Please report it, with the build files of the repository.',
    details: { findings, definition: text },
  });
}
