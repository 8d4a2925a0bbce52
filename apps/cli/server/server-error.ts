import type { Problem } from '#contracts/rest/problem.js';
import { SluiceError } from '#domain/errors.js';

/** No answer at all; exit code 4. */
export function unreachableError(server: string, cause: unknown): SluiceError {
  return new SluiceError({
    code: 'server-unreachable',
    fault: 'operational',
    message: `no Sluice server at ${server}`,
    hint: 'start one with npm start, or set SLUICE_URL',
    cause,
  });
}

/** The server answered, but not as Sluice does: another program, or a proxy before it. */
export function strangeAnswerError(server: string, what: string): SluiceError {
  return new SluiceError({
    code: 'answer-not-understood',
    fault: 'operational',
    message: `${server} does not answer like a Sluice server: ${what}`,
    hint: 'check --server or SLUICE_URL, and any proxy on the way',
  });
}

/** The server refused or failed; carries its problem (RFC 9457) in `details`. */
export function problemError(problem: Problem): SluiceError {
  return new SluiceError({
    code: problem.code,
    fault: problem.status >= 500 || PASSING.includes(problem.status) ? 'operational' : 'user',
    message: problem.detail,
    details: problem,
    ...(problem.hint !== undefined && { hint: problem.hint }),
  });
}

/** Request timeout, too many requests: worth another try. */
const PASSING: readonly number[] = [408, 429];

/** The problem that an error carries, if it is one of the server's. */
export function problemOf(error: SluiceError): Problem | undefined {
  const { details } = error;
  return typeof details === 'object' && details !== null && 'code' in details && 'status' in details
    ? (details as Problem)
    : undefined;
}
