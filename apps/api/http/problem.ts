import type { Problem } from '#contracts/rest/problem.js';
import { isSluiceError, SluiceError } from '#domain/errors.js';
import type { Refusal } from '#domain/execution/operation.js';
import type { Finding } from '#domain/validation/finding.js';
import { isDatabaseAway, isTakingTooLong } from '#persistence/database-away.js';
import { isProblemCode, PROBLEM_CODES, type ProblemCodeName } from './problem-codes.js';

export interface FieldError {
  readonly path: string;
  readonly message: string;
  readonly code?: string;
  readonly hint?: string;
}

interface ProblemDetails {
  readonly findings?: readonly Finding[];
  readonly errors?: readonly FieldError[];
  readonly refusal?: Refusal;
}

/** An error that the API answers with; status, title and hint are those of its code. */
export function problemError(code: ProblemCodeName, message: string, details?: ProblemDetails): SluiceError {
  const { status, cure } = PROBLEM_CODES[code];
  const fault = status < 500 ? 'user' : code === 'internal-error' ? 'bug' : 'operational';
  return new SluiceError({ code, fault, message, hint: cure, details });
}

/** RFC 9457. What is not ours to tell (a bug's message, a stack, a query) stays out. */
export function toProblem(error: unknown, correlationId: string): Problem {
  const known = classify(error);
  const code = known.code as ProblemCodeName;
  const details = known.details as ProblemDetails | undefined;
  return {
    type: `https://sluice.dev/problems/${code}`,
    title: PROBLEM_CODES[code].title,
    status: PROBLEM_CODES[code].status,
    detail: known.message,
    code,
    ...(known.hint === undefined ? {} : { hint: known.hint }),
    correlationId,
    ...(details?.findings === undefined ? {} : { findings: details.findings }),
    ...(details?.errors === undefined ? {} : { errors: details.errors }),
    ...(details?.refusal === undefined ? {} : { refusal: details.refusal }),
  };
}

function classify(error: unknown): SluiceError {
  if (isSluiceError(error) && isProblemCode(error.code)) return error;
  if (isDatabaseAway(error)) return problemError('database-unavailable', 'The database does not answer.');
  if (isTakingTooLong(error)) return problemError('database-busy', 'The database took too long.');
  return classifyHttp(error) ?? problemError('internal-error', 'The request could not be carried out.');
}

/** Fastify's codes of what a caller may do wrong before a route is reached. */
const FASTIFY_CODES: ReadonlyMap<string, ProblemCodeName> = new Map([
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'body-too-large'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'media-type-unsupported'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'request-malformed'],
]);

function classifyHttp(error: unknown): SluiceError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { cause } = error;
  if (isSluiceError(cause)) return classify(cause);
  const fastify = FASTIFY_CODES.get(codeOf(error) ?? codeOf(cause) ?? '');
  if (fastify !== undefined) return problemError(fastify, PROBLEM_CODES[fastify].cause);
  const status = statusOf(error);
  if (status === undefined || status < 400 || status >= 500) return undefined;
  return problemError('request-malformed', 'The request cannot be read.');
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

function statusOf(error: Error): number | undefined {
  const { statusCode, getStatus } = error as { statusCode?: unknown; getStatus?: () => number };
  if (typeof getStatus === 'function') return getStatus.call(error);
  return typeof statusCode === 'number' ? statusCode : undefined;
}
