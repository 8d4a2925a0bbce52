import { ActivityCancellationType, CancellationScope, scheduleActivity } from '@temporalio/workflow';
import { ACTIVITIES, QUEUES } from '#contracts/names.js';
import type { CarriedClaims, ClaimsRelease, ClaimsRequest, InterpretInput } from '#contracts/run.js';
import type { ResolvedClaims } from '#domain/execution/command.js';
import type { RunEvent } from '#domain/execution/event.js';
import type { StepKey } from '#domain/execution/state.js';
import { toStepFailure } from './failure-conversion.js';

interface Asked {
  readonly claims: ResolvedClaims;
  scope?: CancellationScope;
}

/**
 * Asks for the locks and resources of steps until they are granted, and gives them back in the background. What one
 * step asks and returns comes in its order, one after the other. Waiting leaves no events: Temporal tries again.
 *
 * A run that ends does not wait for what is being given back: its leases end with it in the database.
 */
export class Claims {
  private readonly parent = CancellationScope.current();
  private readonly asked = new Map<StepKey, Asked>();
  private readonly returned = new Set<StepKey>();
  /** Steps of which an activity is under way. */
  private readonly busy = new Set<StepKey>();
  private fresh: StepKey[] = [];
  private held = false;

  constructor(
    private readonly input: InterpretInput,
    private readonly emit: (event: RunEvent) => void,
  ) {}

  acquire({ step, claims }: { readonly step: StepKey; readonly claims: ResolvedClaims }): void {
    this.asked.set(step, { claims });
    this.fresh.push(step);
  }

  release(step: StepKey): void {
    // What was asked may be granted at this very moment, so it is returned all the same.
    this.asked.get(step)?.scope?.cancel();
    this.asked.delete(step);
    this.returned.add(step);
    this.fresh.push(step);
  }

  /** Begins what was commanded. */
  dispatch(): void {
    if (this.held) return;
    for (const step of this.fresh.splice(0)) this.advance(step);
  }

  /** From now on nothing more is begun; what is under way is asked once more by the next execution. */
  hold(): void {
    this.held = true;
  }

  carry(): { readonly claims?: CarriedClaims } {
    if (this.asked.size === 0 && this.returned.size === 0) return {};
    const asked = [...this.asked].map(([step, { claims }]) => ({ step, claims }));
    return { claims: { asked, returned: [...this.returned] } };
  }

  /** Goes on with what another execution carried over. */
  resume({ asked, returned }: CarriedClaims): void {
    for (const step of returned) this.release(step);
    for (const one of asked) this.acquire(one);
  }

  private advance(step: StepKey): void {
    if (this.held || this.busy.has(step)) return;
    if (this.returned.has(step)) return this.giveBack(step);
    const asked = this.asked.get(step);
    if (asked !== undefined) this.ask(step, asked);
  }

  private ask(step: StepKey, asked: Asked): void {
    const { run, project } = this.input;
    const request: ClaimsRequest = { run: run.id, project, step, claims: asked.claims };
    const scope = new CancellationScope({ cancellable: true, parent: this.parent });
    asked.scope = scope;
    this.busy.add(step);
    void scope
      .run(() =>
        scheduleActivity(ACTIVITIES.acquireClaims, [request], {
          activityId: `acquire ${step}`,
          // What an attempt under way is granted must be there before it is given back.
          cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
          taskQueue: QUEUES.orchestration,
          summary: `${step}: locks and resources`,
          startToCloseTimeout: '10s',
          retry: { initialInterval: '500ms', backoffCoefficient: 1.3, maximumInterval: '5s' },
        }),
      )
      .then(
        () => this.answered(step, asked, { type: 'claims-granted', step }),
        (error: unknown) =>
          this.answered(step, asked, { type: 'claims-refused', step, error: toStepFailure(error).error }),
      );
  }

  private answered(step: StepKey, asked: Asked, event: RunEvent): void {
    this.busy.delete(step);
    if (this.asked.get(step) !== asked) return this.advance(step);
    this.asked.delete(step);
    this.emit(event);
  }

  private giveBack(step: StepKey): void {
    const release: ClaimsRelease = { run: this.input.run.id, step };
    this.busy.add(step);
    const over = (): void => {
      this.busy.delete(step);
      this.returned.delete(step);
      this.advance(step);
    };
    // Unlimited attempts: it fails only where the worker says that it never can succeed.
    void this.parent
      .run(() =>
        scheduleActivity(ACTIVITIES.releaseClaims, [release], {
          activityId: `release ${step}`,
          taskQueue: QUEUES.orchestration,
          summary: `${step}: give back locks and resources`,
          startToCloseTimeout: '10s',
          retry: { initialInterval: '500ms', backoffCoefficient: 1.3, maximumInterval: '5s' },
        }),
      )
      .then(over, over);
  }
}
