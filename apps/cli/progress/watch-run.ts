import type { RunView, StepView } from '#contracts/rest/runs.js';
import { isSluiceError } from '#domain/errors.js';
import type { Console } from '../console.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { Api } from '../server/api.js';
import { followRun } from '../server/follow-run.js';
import { needsDecision, renderDecision } from '../view/decisions.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { renderRunContext, renderRunEnd, renderRunLine } from '../view/run-summary.js';
import { styleOf } from '../view/style.js';
import { createProgress } from './create-progress.js';
import type { Progress } from './progress.js';
import { RunPicture } from './run-picture.js';

interface Output {
  readonly json?: boolean;
}

/** Prints that a run was accepted, and how to come back to it. */
export function reportAccepted(accepted: RunView, { json }: Output, console: Console): ExitCode {
  const lines = [
    renderRunLine(accepted, Date.now(), styleOf(console.out)),
    ...renderRunContext(accepted),
    ...nextCommands(accepted),
  ];
  writeLines(console.out, json === true ? [toSafeJson({ run: accepted }, 2)] : lines);
  return EXIT.ok;
}

function nextCommands(run: RunView): string[] {
  const id = toPlainText(run.id);
  return [
    `  follow it:  sluice logs --follow ${id}`,
    `  look at it: sluice status ${id}`,
    `  stop it:    sluice cancel ${id}`,
  ];
}

/**
 * Shows a run on stderr while it goes on, and on stdout what came of it. Ctrl-C gives the terminal back and lets it go on.
 * Where a step comes to wait for a person, the commands that decide it are printed once.
 */
export async function watchRun(
  accepted: RunView,
  output: Output,
  api: Api,
  context: CommandContext,
): Promise<ExitCode> {
  const { console } = context;
  const picture = new RunPicture(accepted, await getStepsIfPossible(api, accepted.id, []));
  const interrupt = new AbortController();
  const stopListening = console.onInterrupt(() => interrupt.abort());
  const progress = createProgress(picture, console.err);
  const tellDecision = createDecisionTeller(picture, progress, console);
  try {
    for await (const news of followRun(api, accepted.id, interrupt.signal, context.pace)) {
      progress.show(news);
      picture.apply(news);
      if (news.type === 'step') {
        tellDecision(news.step);
      }
    }
  } finally {
    progress.end();
    stopListening();
  }
  if (interrupt.signal.aborted) {
    writeLines(console.err, ['detached; the run goes on', ...nextCommands(accepted)]);
    return EXIT.detached;
  }
  const steps = await getStepsIfPossible(api, accepted.id, picture.steps);
  writeLines(console.out, renderEnd(picture, steps, output, console));
  return exitCodeOf(picture.run);
}

/** A run may wait at many places at once: the first few are enough to go by. */
const DECISIONS_AT_ONCE = 5;

function createDecisionTeller(picture: RunPicture, progress: Progress, console: Console) {
  const told = new Set<string>();
  return (step: StepView) => {
    if (!needsDecision(step)) {
      told.delete(step.key);
    } else if (!told.has(step.key) && told.size < DECISIONS_AT_ONCE) {
      told.add(step.key);
      progress.ask(renderDecision(picture.run, step, styleOf(console.err)));
    }
  };
}

/** The run is what counts; that its steps cannot be had right now is no reason to fail. */
async function getStepsIfPossible(
  api: Api,
  id: string,
  otherwise: readonly StepView[],
): Promise<readonly StepView[]> {
  try {
    return await api.getSteps(id);
  } catch (error) {
    if (isSluiceError(error)) {
      return otherwise;
    }
    throw error;
  }
}

function renderEnd(
  picture: RunPicture,
  steps: readonly StepView[],
  { json }: Output,
  console: Console,
): string[] {
  const { run } = picture;
  if (json === true) {
    return [toSafeJson({ run, steps }, 2)];
  }
  const tail = (key: string) => picture.tail(key);
  return renderRunEnd({ run, steps, tail, now: Date.now() }, styleOf(console.out));
}

function exitCodeOf({ status }: RunView): ExitCode {
  switch (status) {
    case 'succeeded':
      return EXIT.ok;
    case 'rejected':
      return EXIT.rejected;
    case 'canceled':
      return EXIT.canceled;
    default:
      return EXIT.failed;
  }
}
