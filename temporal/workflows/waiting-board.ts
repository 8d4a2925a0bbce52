import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { SEARCH_ATTRIBUTES } from '#contracts/names.js';
import type { Transition } from '#domain/execution/command.js';
import type { ApprovalState, RunState, RunStatus, StepKey, Waiting } from '#domain/execution/state.js';

type Told = Pick<Transition, 'waiting' | 'approval' | 'event'>;

const MOST_LINES = 20;

/**
 * Shows people in Temporal's Web UI what a run waits for (its current details, which leave no event), and the states in
 * which it lasts (its search attribute, one event each: a run that nobody touches has none of them).
 */
export class WaitingBoard {
  private readonly waiting = new Map<StepKey, Told>();
  private shownStatus: RunStatus;
  private changed = false;

  /** @param state where the run goes on from another execution */
  constructor(state: RunState | undefined) {
    this.shownStatus = state?.status ?? 'running';
    for (const [step, told] of Object.entries(state?.steps ?? {})) this.note(step, told);
    this.show();
  }

  take({ step, status, ...told }: Transition): void {
    if (step !== undefined) return this.note(step, told);
    const lasting = status === 'running' || status === 'paused' || status === 'rolling-back';
    if (!lasting || status === this.shownStatus) return;
    this.shownStatus = status;
    this.changed = true;
    upsertSearchAttributes({ [SEARCH_ATTRIBUTES.status]: [status] });
  }

  show(): void {
    if (!this.changed) return;
    this.changed = false;
    setCurrentDetails(this.describe());
  }

  private note(step: StepKey, told: Told): void {
    if (told.waiting === undefined) {
      if (this.waiting.delete(step)) this.changed = true;
      return;
    }
    this.waiting.set(step, told);
    this.changed = true;
  }

  private describe(): string {
    const lines: string[] = [];
    for (const [step, told] of this.waiting) {
      if (lines.push(`- ${describe(step, told)}`) === MOST_LINES) break;
    }
    const rest = this.waiting.size - lines.length;
    return [
      ...(this.shownStatus === 'running' ? [] : [`The run is **${this.shownStatus}**.`]),
      ...(lines.length === 0 ? [] : ['Waits for:', ...lines]),
      ...(rest > 0 ? [`- and ${rest} more`] : []),
    ].join('\n');
  }
}

const WAITS: { readonly [W in Waiting]: (step: string, told: Told) => string } = {
  approval: (step, { approval }) =>
    `approval ${step}${approval === undefined ? '' : describeVotes(approval)}`,
  event: (step, { event }) => `event ${code(event ?? '')} at ${step}`,
  intervention: (step) => `a person to retry, skip or complete ${step}, which failed`,
  claims: (step) => `locks or resources for ${step}`,
};

function describe(step: StepKey, told: Told): string {
  return WAITS[told.waiting!](code(step), told);
}

function describeVotes({ by, quorum, votes, expiresAt }: ApprovalState): string {
  const given = votes.filter(({ decision }) => decision === 'approved').length;
  const until = expiresAt === undefined ? '' : `, until ${new Date(expiresAt).toISOString()}`;
  return ` by ${by.map(code).join(', ')} (${given} of ${quorum} given${until})`;
}

/** Names come from definitions, and expressions in them; as code they cannot be taken for anything else. */
function code(name: string): string {
  return `\`${name.replaceAll('`', "'").slice(0, 200)}\``;
}
