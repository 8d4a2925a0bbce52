import type { Confidence, Evidence, Note, Reason } from './facts.js';
import type { Repository } from './repository.js';

/** What people do with a project, in the order in which it is done. */
export const TASKS = [
  'tools',
  'environment',
  'install',
  'format',
  'lint',
  'typecheck',
  'check',
  'validate',
  'audit',
  'build',
  'test',
  'package',
] as const;
export type Task = (typeof TASKS)[number];

/** One command of a project. */
export interface Part {
  readonly task: Task;
  readonly run: readonly string[];
  readonly why: Reason;
  /** Where it runs, when not in the folder of the project. */
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Talks to registries, hence it is tried again. */
  readonly network?: boolean;
  /** Its failure is shown and counts as success. */
  readonly advisory?: boolean;
  /** JUnit files that it writes, relative to the project. */
  readonly report?: Report;
}

export interface Report {
  readonly files: readonly string[];
  readonly why: Reason;
  /** What was added to the command for it, so that it can be taken off again. */
  readonly added?: readonly string[];
}

/** One command that changes something outside, once people have agreed to what was planned. */
export interface Rollout {
  /** Shows what would become of it; runs before people are asked. */
  readonly plan: readonly RolloutStep[];
  readonly apply: readonly RolloutStep[];
  /** What people are asked. */
  readonly question: string;
}

export interface RolloutStep {
  readonly id: string;
  readonly run: readonly string[];
  readonly why: Reason;
  readonly successCodes?: readonly number[];
  readonly network?: boolean;
}

/** Something in the repository that is built or checked as a whole. */
export interface Project {
  readonly ecosystem: EcosystemName;
  /** Folder; empty for the root. */
  readonly directory: string;
  /** What it is, for people: `npm package shop`. */
  readonly title: string;
  readonly why: Reason;
  readonly parts: readonly Part[];
  /** Folders of projects that must be whole first; also, a change there is a change here. */
  readonly dependsOn: readonly string[];
  /** The project whose installation serves this one; it may have scripts for all of them. */
  readonly workspace?: string;
  /** Other files than those below the folder that are part of it. */
  readonly rollout?: Rollout;
  /** Checks that only a changed lock file deserves. */
  readonly onLockChange?: readonly Part[];
}

export type EcosystemName =
  | 'node'
  | 'python'
  | 'go'
  | 'java'
  | 'rust'
  | 'dotnet'
  | 'container'
  | 'terraform'
  | 'kubernetes'
  | 'helm'
  | 'make';

/** One row of what is recognised. */
interface Recognised {
  /** How the files are called, for people. */
  readonly files: string;
  /** Of the path. */
  readonly pattern: RegExp;
  /** What it leads to. */
  readonly leadsTo: string;
  /** Whether the text is looked at; else the file's being there is enough. */
  readonly read: boolean;
}

/** One kind of project: a file, and a row of the table. */
export interface Ecosystem {
  readonly title: string;
  readonly recognises: readonly Recognised[];
  detect(repository: Repository, notes: Note[]): readonly Project[];
  /** What a command of a CI job does for such a project; undefined where that is not known. */
  classify(words: readonly string[]): Task | undefined;
  /** Such a command as it has to be written for the project here. */
  adapt?(words: readonly string[], project: Project): readonly string[];
}

export function because(confidence: Confidence, reason: string, ...evidence: readonly Evidence[]): Reason {
  return { reason, evidence, confidence };
}
