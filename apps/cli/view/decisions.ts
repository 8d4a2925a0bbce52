import type { RunView, StepView } from '#contracts/rest/runs.js';
import { toPlainText } from './plain-text.js';
import type { Style } from './style.js';
import { describeWaiting } from './waiting.js';

/** Whether the step goes on only when a person says how. */
export function needsDecision(step: StepView): boolean {
  return step.waitingFor === 'approval' || step.waitingFor === 'intervention';
}

export interface Decision {
  /** `sign-off waits for approval by approver` */
  readonly title: string;
  /** What is asked, and the commands that decide it. */
  readonly lines: readonly string[];
}

export function renderDecision(run: Pick<RunView, 'id'>, step: StepView, style: Style): Decision {
  const asked = step.approval?.message;
  const lines = [
    ...(asked === undefined || step.waitingFor !== 'approval' ? [] : [`  ${toPlainText(asked)}`]),
    ...(step.waitingFor === 'intervention' && step.error !== undefined
      ? [`  ${toPlainText(`${step.error.code}: ${step.error.message}`)}`]
      : []),
    ...decidingCommands(run.id, step).map((command) => `  ${command}`),
  ];
  return { title: `${style.warn(toPlainText(step.key))} waits ${describeWaiting(step)}`, lines };
}

/** A run may wait at many places at once: the first few are enough to go by. */
const DECISIONS_SHOWN = 5;

/** What a run waits for people to decide, and how they do. */
export function renderDecisions(
  run: Pick<RunView, 'id'>,
  steps: readonly StepView[],
  style: Style,
): string[] {
  const open = steps.filter(needsDecision);
  const hidden = open.length - DECISIONS_SHOWN;
  return [
    ...open.slice(0, DECISIONS_SHOWN).flatMap((step) => {
      const { title, lines } = renderDecision(run, step, style);
      return [title, ...lines];
    }),
    ...(hidden > 0 ? [style.faint(`… and ${hidden} more that wait for a decision`)] : []),
  ];
}

function decidingCommands(run: string, step: StepView): string[] {
  const subject = `${quoteForShell(run)} ${quoteForShell(step.key)}`;
  if (step.waitingFor === 'approval') {
    const inputs = Object.keys(step.approval?.inputs ?? {}).map(
      (name) => ` --input ${quoteForShell(name)}=…`,
    );
    return [`sluice approve ${subject}${inputs.join('')}`, `sluice reject ${subject} --reason …`];
  }
  return [`sluice retry ${subject}`, `sluice skip ${subject}`, `sluice complete ${subject} --output JSON`];
}

/** Brackets of `deploy[2]` would be a pattern. */
function quoteForShell(word: string): string {
  const plain = toPlainText(word);
  return /^[\w.:@/-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", "'\\''")}'`;
}
