import type { InterpretInput } from '#contracts/run.js';
import type { OperationRequest } from '#domain/execution/operation.js';
import type { Json } from '#domain/json.js';
import type { Plan } from '#domain/plan/plan.js';

/** A run that is recorded. Its actions are played by `actions.ts`, its people as said here. */
export interface Scenario {
  readonly name: string;
  readonly plan: Plan;
  readonly input?: Partial<InterpretInput>;
  /** Plans of the workflows that its steps run. */
  readonly children?: Readonly<Record<string, Plan>>;
  readonly outputs?: Readonly<Record<string, Json>>;
  /** Queues of the workers that hold its workspace, in turn. */
  readonly workspaces?: readonly string[];
  /** What happens in its midst. Then held steps are let go, and people do whatever brings the run to its end. */
  readonly people?: (run: StagedRun) => Promise<unknown>;
}

export interface StagedRun {
  readonly id: string;
  /** Resolves once an action of the step is under way. */
  begun(step: string): Promise<void>;
  /** Resolves once the step waits for somebody. */
  waits(step: string): Promise<void>;
  /** Asks for it; a refusal is no error. */
  operate(request: OperationRequest, by?: string): Promise<void>;
  /** By Temporal. */
  cancel(): Promise<void>;
  /** Lets held steps go. */
  release(): void;
  /** The interpreter's worker goes, and another comes. */
  changeWorkers(): Promise<void>;
  /** Run that a step started. */
  child(): Promise<string>;
  readonly on: (run: string) => StagedRun;
  elapse(ms: number): Promise<void>;
}
