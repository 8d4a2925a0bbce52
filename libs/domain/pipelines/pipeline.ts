import type { Json } from '../json.js';

/** Platforms whose files are read. */
export type PlatformName = 'github-actions' | 'gitlab-ci' | 'jenkins' | 'azure-pipelines' | 'circleci';

/** Line and column from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What one platform starts as one: a workflow of GitHub or CircleCI, a file of the others. */
export interface Pipeline {
  readonly platform: PlatformName;
  readonly name: string;
  readonly place: Place;
  readonly triggers: readonly Trigger[];
  readonly inputs: readonly Input[];
  /** In the order of the file. */
  readonly jobs: readonly Job[];
  /** What it takes from elsewhere as a whole: orbs, templates, libraries. */
  readonly uses: readonly Use[];
  /** Group of which one run at a time goes on. */
  readonly concurrency?: string;
  /** Whether it says what its token may do. */
  readonly permissions?: boolean;
}

/** `call` is by another pipeline, `event` is the platform's own kind, named in `event`. */
export type TriggerKind = 'push' | 'tag' | 'pull-request' | 'schedule' | 'manual' | 'call' | 'event';

/** What starts a pipeline. Filters that are absent let everything through. */
export interface Trigger {
  readonly kind: TriggerKind;
  readonly place: Place;
  readonly branches?: readonly string[];
  readonly notBranches?: readonly string[];
  readonly tags?: readonly string[];
  readonly paths?: readonly string[];
  readonly notPaths?: readonly string[];
  readonly cron?: string;
  readonly event?: string;
}

export type InputType = 'text' | 'number' | 'boolean' | 'choice' | 'list' | 'object';

/** A value that whoever starts the pipeline may give. */
export interface Input {
  readonly name: string;
  readonly type: InputType;
  readonly required: boolean;
  readonly default?: Json;
  readonly choices?: readonly string[];
  readonly place: Place;
}

/** What the platform gives to one machine: in Jenkins a stage that holds steps. */
export interface Job {
  /** Unique in the pipeline. */
  readonly id: string;
  readonly name: string;
  readonly place: Place;
  readonly stage?: string;
  /** Ids of the jobs that it waits for, stages and order of the file included. */
  readonly needs: readonly string[];
  readonly matrix?: Matrix;
  /** Labels, pools or machines; empty where the platform chooses. */
  readonly runner: readonly string[];
  readonly images: readonly Use[];
  readonly timeLimit?: TimeLimit;
  readonly caches: readonly Cache[];
  readonly artifacts: readonly string[];
  /** Data that leaves it for other jobs of the pipeline, and that it takes from them. */
  readonly gives: readonly Flow[];
  readonly takes: readonly Flow[];
  readonly steps: readonly Step[];
  /** Another pipeline, which does the work of this job. */
  readonly calls?: Use;
  readonly condition?: string;
  readonly environment?: string;
  readonly concurrency?: string;
  readonly permissions?: boolean;
  /** Whether a person has to let it go on. */
  readonly approval?: boolean;
  /** Whether it uses the folder in which the jobs before it worked. */
  readonly sharesFolder?: boolean;
}

export interface Matrix {
  readonly axes: Readonly<Record<string, readonly string[]>>;
  /** Jobs that it becomes; absent where that is known at run time only. */
  readonly size?: number;
}

/** `minutes` is absent where it is computed at run time. */
export interface TimeLimit {
  readonly minutes?: number;
  readonly place: Place;
}

export interface Cache {
  /** Its key, or the package manager whose files it holds. */
  readonly key: string;
  readonly place: Place;
}

/** `name` is absent where all of the kind is meant, or where it is known at run time only. */
export interface Flow {
  readonly kind: 'artifact' | 'cache' | 'workspace' | 'output';
  readonly name?: string;
}

/** One of a command and something used. */
export interface Step {
  readonly name?: string;
  readonly place: Place;
  readonly command?: Command;
  readonly use?: Use;
  /** What is handed to it, as text. */
  readonly with?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
}

interface Command {
  readonly text: string;
  /** Where its text begins. */
  readonly place: Place;
  /** Folder where it runs; absent for that of the checkout. */
  readonly directory?: string;
}

type UseKind = 'action' | 'workflow' | 'orb' | 'image' | 'template' | 'task' | 'library';

/**
 * `fixed`: a digest, a commit, or a version that its publisher cannot move. `version`: a tag. `branch`: a branch.
 * `none`: nothing is said, hence the newest. `local`: of the same repository. `computed`: known at run time only.
 */
export type Pinning = 'fixed' | 'version' | 'branch' | 'none' | 'local' | 'computed';

export interface Use {
  readonly kind: UseKind;
  readonly name: string;
  readonly version?: string;
  readonly pinning: Pinning;
  readonly place: Place;
}
