import { checkInputs } from '#domain/definition/check-inputs.js';
import { type Answer, answersApproval, requestOf, votesNeeded } from '#domain/driving/answers.js';
import { findVoter } from '#domain/driving/voters.js';
import { SluiceError } from '#domain/errors.js';
import { EVERY_ROLE } from '#domain/execution/approvers.js';
import { parseStepKey } from '#domain/execution/instance.js';
import type { StepKey } from '#domain/execution/state.js';
import type { Ask } from '../console.js';
import { toPlainText } from '../view/plain-text.js';
import type { LocalRun } from './local-runs.js';

/** Who decides where nobody is named. */
const PERSON = 'local';

/** Decides at steps that wait for people: by the answers given beforehand, else by who sits at the terminal. */
export class Deciding {
  private readonly asked = new Set<string>();
  /** One question at a time. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly answers: ReadonlyMap<string, Answer>,
    private readonly ask: Ask | undefined,
    /** Nobody answers: the run cannot go on. */
    private readonly giveUp: (error: SluiceError) => void,
  ) {}

  /** Somebody is just being asked. */
  get asking(): boolean {
    return this.asked.size > 0;
  }

  /** The step has come to wait for a person. */
  async decide(run: LocalRun, key: StepKey): Promise<void> {
    const name = run.prefix + key;
    const waiting = run.drive.state.steps[key]?.waiting;
    // Told of each vote; the last of them ends the waiting.
    if (this.asked.has(name) || (waiting !== 'approval' && waiting !== 'intervention')) return;
    this.asked.add(name);
    try {
      const answer = this.answers.get(name) ?? this.answers.get(run.prefix + parseStepKey(key).id);
      const failure = answer === undefined ? await this.askPerson(run, key) : this.give(run, key, answer);
      if (failure !== undefined) this.giveUp(failure);
    } finally {
      this.asked.delete(name);
    }
  }

  private give(run: LocalRun, key: StepKey, answer: Answer): SluiceError | undefined {
    const step = run.drive.state.steps[key];
    const { approval } = step ?? {};
    const name = run.prefix + key;
    if (approval === undefined || step?.waiting !== 'approval') {
      if (answersApproval(answer)) return unfit(name, `it waits for ${step?.waiting ?? 'nothing'}`);
      if (answer.type === 'retry' && (step?.attempts ?? 0) > MOST_RETRIES)
        return unfit(name, 'it fails again and again');
      return this.operate(run, key, answer, PERSON);
    }
    if (!answersApproval(answer)) return unfit(name, 'it waits for an approval');
    const checked = checkInputs(approval.inputs ?? {}, answer.inputs ?? {}, 'approval');
    if (answer.type === 'approve' && checked.errors !== undefined)
      return unfit(name, checked.errors.map(({ path, message }) => `${path} ${message}`).join(' '));
    for (let left = votesNeeded(answer, approval); left > 0; left--) {
      const now = run.drive.state.steps[key]?.approval ?? approval;
      const voter = answer.by === undefined ? findVoter(now, run.drive.state.run.startedBy)?.by : answer.by;
      if (voter === undefined) return unfit(name, 'nobody may decide who has not yet');
      const failure = this.operate(run, key, answer, voter);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  private operate(run: LocalRun, key: StepKey, answer: Answer, by: string): SluiceError | undefined {
    const reason = 'reason' in answer && answer.reason !== undefined ? { reason: answer.reason } : {};
    const refusal = run.drive.operate({ ...requestOf(answer, key), by, roles: [EVERY_ROLE], ...reason });
    return refusal === undefined ? undefined : unfit(run.prefix + key, `${refusal.message} ${refusal.fits}`);
  }

  private async askPerson(run: LocalRun, key: StepKey): Promise<SluiceError | undefined> {
    const name = run.prefix + key;
    const waiting = run.drive.state.steps[key]?.waiting;
    const { ask } = this;
    if (ask === undefined) return unanswered(name, waiting === 'approval');
    const turn = this.last.then(() => this.converse(run, key, ask));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async converse(run: LocalRun, key: StepKey, ask: Ask): Promise<SluiceError | undefined> {
    const name = run.prefix + key;
    for (;;) {
      const step = run.drive.state.steps[key];
      const isApproval = step?.waiting === 'approval';
      if (!isApproval && step?.waiting !== 'intervention') return undefined;
      const message = isApproval
        ? (step.approval?.message ?? '')
        : `${step.error?.code}: ${step.error?.message}`;
      const choice = isApproval ? 'approve or reject' : 'retry or skip';
      const said = await ask(
        `${toPlainText(name)}${message === '' ? '' : `: ${toPlainText(message)}`}\n  ${choice}? `,
      );
      if (said === undefined) return unanswered(name, isApproval);
      const word = CHOICES[isApproval ? 'approval' : 'intervention'].find((known) =>
        known.startsWith(said.trim() || '?'),
      );
      if (word !== undefined) return this.give(run, key, { type: word });
    }
  }
}

const CHOICES = { approval: ['approve', 'reject'], intervention: ['retry', 'skip'] } as const;

/** An answer that was written down is given so often to the same step. */
const MOST_RETRIES = 10;

function unanswered(step: string, isApproval: boolean): SluiceError {
  return new SluiceError({
    code: 'answer-missing',
    fault: 'user',
    message: `${step} waits for a person, and nobody is asked here.`,
    hint: isApproval
      ? `Say beforehand what is decided: --approve ${step}, --reject ${step}, or --answers FILE; or run it at a terminal.`
      : `Say beforehand what is done: --answers FILE with \`answers: { ${step}: skip }\` (or retry, complete); or run it at a terminal.`,
  });
}

function unfit(step: string, why: string): SluiceError {
  return new SluiceError({
    code: 'answer-unfit',
    fault: 'user',
    message: `The answer for ${step} does not fit: ${why}.`,
    hint: 'Correct --approve, --reject or the file of --answers.',
  });
}
