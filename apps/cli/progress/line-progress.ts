import type { RunView, StepView, StepViewStatus } from '#contracts/rest/runs.js';
import type { Output } from '../console.js';
import { isFinal } from '../server/follow-run.js';
import { formatSpan } from '../view/duration.js';
import { toPlainText } from '../view/plain-text.js';
import { describeQueue } from '../view/run-summary.js';
import { describeWaiting } from '../view/waiting.js';
import type { Progress } from './progress.js';
import type { RunPicture } from './run-picture.js';

/** One line for each change of a step or of the run; nothing for what stays as it was. */
export function createLineProgress(picture: RunPicture, output: Pick<Output, 'write'>): Progress {
  let told: string = describeRun(picture.run);
  // What the picture began with was never told of: the news repeat it.
  const steps = new Map<string, StepView>();
  return {
    show(news) {
      if (news.type === 'step') {
        for (const line of describeChange(steps.get(news.step.key), news.step)) {
          output.write(`${toPlainText(news.step.key)}: ${line}\n`);
        }
        steps.set(news.step.key, news.step);
      } else if (news.type === 'end' || (news.type === 'run' && !isFinal(news.run))) {
        // That a run is over may be known before the last of its steps are: only `end` comes after all of them.
        const line = describeRun(news.run);
        if (line !== told) {
          told = line;
          output.write(`run: ${line}\n`);
        }
      }
    },
    ask({ lines }) {
      output.write(lines.map((line) => `${line}\n`).join(''));
    },
    end() {},
  };
}

function describeRun({ status, waitingFor }: RunView): string {
  return toPlainText(waitingFor === undefined ? status : `${status}, ${describeQueue(waitingFor)}`);
}

/** What is new of a step: attempts that ended in failure, and its status. */
export function describeChange(before: StepView | undefined, after: StepView): string[] {
  const known = new Map(before?.attempts.map(({ attempt, status }) => [attempt, status]));
  const lines = after.attempts
    .filter(
      ({ attempt, status }) => (status === 'failed' || status === 'lost') && known.get(attempt) !== status,
    )
    .filter(() => !ENDED.includes(after.status) || after.attempts.length > 1)
    .map(({ attempt, status, error }) => {
      const why = error === undefined ? '' : ` (${toPlainText(`${error.code}: ${error.message}`)})`;
      return `attempt ${attempt} ${status === 'lost' ? 'lost with its worker' : 'failed'}${why}`;
    });
  const unchanged = before?.status === after.status && describeWaiting(before) === describeWaiting(after);
  if (unchanged || (before === undefined && after.status === 'pending')) {
    return lines;
  }
  return [...lines, after.status + describeStatus(after)];
}

const ENDED: readonly StepViewStatus[] = ['succeeded', 'failed', 'skipped', 'canceled'];

function describeStatus(step: StepView): string {
  if (step.status === 'waiting') {
    return ` ${describeWaiting(step)}`.trimEnd();
  }
  if (step.reused === true) {
    return ' (reused)';
  }
  if (step.status === 'skipped') {
    return step.skipped === undefined ? '' : ` (${toPlainText(step.skipped)})`;
  }
  if (step.startedAt === undefined || step.endedAt === undefined) {
    return '';
  }
  const error =
    step.error === undefined ? '' : `: ${toPlainText(`${step.error.code}: ${step.error.message}`)}`;
  return ` in ${formatSpan(step.startedAt, step.endedAt, 0)}${error}`;
}
