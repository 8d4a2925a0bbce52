import type { StepView } from '#contracts/rest.js';
import type { Output } from '../console.js';
import { formatSpan } from '../view/duration.js';
import { toPlainText } from '../view/plain-text.js';
import type { Progress } from './progress.js';
import type { RunPicture } from './run-picture.js';

/** One line for each change of a step or of the run; nothing for what stays as it was. */
export function createLineProgress(picture: RunPicture, output: Pick<Output, 'write'>): Progress {
  return {
    show(news) {
      if (news.type === 'step') {
        for (const line of describeChange(picture.step(news.step.key), news.step)) {
          output.write(`${toPlainText(news.step.key)}: ${line}\n`);
        }
      } else if (news.type === 'run' && news.run.status !== picture.run.status) {
        output.write(`run: ${news.run.status}\n`);
      }
    },
    end() {},
  };
}

/** What is new of a step: attempts that ended in failure, and its status. */
export function describeChange(before: StepView | undefined, after: StepView): string[] {
  const known = new Map(before?.attempts.map(({ attempt, status }) => [attempt, status]));
  const lines = after.attempts
    .filter(
      ({ attempt, status }) => (status === 'failed' || status === 'lost') && known.get(attempt) !== status,
    )
    .filter(() => after.status === 'running' || after.attempts.length > 1)
    .map(({ attempt, status, error }) => {
      const why = error === undefined ? '' : ` (${toPlainText(`${error.code}: ${error.message}`)})`;
      return `attempt ${attempt} ${status === 'lost' ? 'lost with its worker' : 'failed'}${why}`;
    });
  if (before?.status === after.status || (before === undefined && after.status === 'pending')) {
    return lines;
  }
  return [...lines, after.status + describeStatus(after)];
}

function describeStatus(step: StepView): string {
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
