import { ApplicationFailure, currentUpdateInfo, defineUpdate, setHandler } from '@temporalio/workflow';
import { UPDATE_FAILURES, UPDATES } from '#contracts/names.js';
import type { OperationResult } from '#contracts/run.js';
import type { Operation } from '#domain/execution/operation.js';
import { refuseOperation } from '#domain/execution/operations/table.js';
import type { RunState } from '#domain/execution/state.js';
import type { Plan } from '#domain/plan/plan.js';

/** Operations that are known again by their ids when they are sent once more. */
const MOST_ANSWERS = 100;

/** What the desk needs of the run. */
export interface OperatedRun {
  readonly plan: Plan;
  readonly state: RunState;
  /** Whether it is just being carried over to another execution. */
  readonly leaving: boolean;
  /** Has the operation done by the time it returns. */
  take(operation: Operation): void;
}

/**
 * Answers the `operate` update. Refusals come from its validator, and so leave no event; what it lets through is done
 * at once: the handler is synchronous, so no other event comes between.
 */
export class OperationDesk {
  private readonly answers: Map<string, OperationResult>;

  constructor(answers: Readonly<Record<string, OperationResult>> | undefined) {
    this.answers = new Map(Object.entries(answers ?? {}));
  }

  /** What came before is answered now. */
  open(run: OperatedRun): void {
    setHandler(
      defineUpdate<OperationResult, [Operation]>(UPDATES.operate),
      (operation) => this.answer(run, operation),
      { validator: (operation) => this.check(run, operation), description: 'Operates the living run.' },
    );
  }

  carry(): { readonly operations?: Readonly<Record<string, OperationResult>> } {
    return this.answers.size === 0 ? {} : { operations: Object.fromEntries(this.answers) };
  }

  private check(run: OperatedRun, operation: Operation): void {
    if (this.answers.has(currentId())) return;
    if (run.leaving) {
      throw ApplicationFailure.create({
        message: 'The run is just going over to another execution; ask again.',
        type: UPDATE_FAILURES.handingOver,
        nonRetryable: true,
      });
    }
    const refusal = refuseOperation(run.plan, run.state, operation);
    if (refusal === undefined) return;
    throw ApplicationFailure.create({
      message: refusal.message,
      type: UPDATE_FAILURES.refused,
      nonRetryable: true,
      details: [refusal],
    });
  }

  private answer(run: OperatedRun, operation: Operation): OperationResult {
    const id = currentId();
    const known = this.answers.get(id);
    if (known !== undefined) return known;
    run.take(operation);
    const result = describe(run.state, operation);
    this.answers.set(id, result);
    if (this.answers.size > MOST_ANSWERS) this.answers.delete(this.answers.keys().next().value!);
    return result;
  }
}

function currentId(): string {
  return currentUpdateInfo()!.id;
}

function describe(state: RunState, operation: Operation): OperationResult {
  const { status } = state;
  if (!('step' in operation)) return { status };
  const step = state.steps[operation.step];
  const told = step === undefined ? 'pending' : step.waiting === undefined ? step.status : 'waiting';
  return { status, step: { key: operation.step, status: told } };
}
