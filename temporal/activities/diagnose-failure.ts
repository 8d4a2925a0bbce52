import type { StepDiagnosis, StepError } from '#domain/execution/step-error.js';
import { Diagnostician } from '#domain/failures/classify.js';
import { isJsonObject } from '#domain/json.js';

export interface LogTail {
  /** Number of its first line in the attempt's log. */
  readonly firstLine: number;
  readonly text: string;
}

/** Its tables are made when the first step fails: those that succeed pay nothing. */
let known: Diagnostician | undefined;

/**
 * The error with what log and exit code tell beside what the action said. An action that knows the class of its failure
 * is believed; a program only has an exit code, and its log says more.
 */
export function diagnoseFailure(error: StepError, readTail: () => LogTail): StepError {
  const exitCode = isJsonObject(error.details) ? error.details['exitCode'] : undefined;
  const killed = isJsonObject(error.details) && typeof error.details['signal'] === 'string';
  if (error.class !== 'unknown' && typeof exitCode !== 'number' && !killed) return error;
  known ??= new Diagnostician();
  const tail = readTail();
  const diagnosis = known.classify({
    error,
    log: tail.text,
    ...(typeof exitCode === 'number' ? { exitCode } : {}),
  });
  const { line, text, category, confidence, remediation, strategy } = diagnosis;
  const kept: StepDiagnosis = {
    class: diagnosis.class,
    category,
    ...(line === undefined || text === undefined ? {} : { line: tail.firstLine + line - 1, text }),
    confidence,
    remediation,
    strategy,
  };
  return { ...error, diagnosis: kept };
}
