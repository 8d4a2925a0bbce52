import { isJsonObject } from '../json.js';
import type { ProblemFilter } from '../plan/plan.js';
import type { Problem, StepError } from './step-error.js';

/** Where the types of errors that the engine tells apart are described. */
const TYPES = 'https://open-workflow-specification.org/dsl/errors/types/';

const TITLES = {
  configuration: 'Configuration Error',
  validation: 'Validation Error',
  expression: 'Expression Error',
  authentication: 'Authentication Error',
  authorization: 'Authorization Error',
  timeout: 'Timeout Error',
  communication: 'Communication Error',
  runtime: 'Runtime Error',
} as const;

type Kind = keyof typeof TITLES;

/** The error with its form by RFC 9457; `reference`: where it arose, unless it says so itself. */
export function withProblem(error: StepError, reference: string): StepError {
  if (error.problem !== undefined) return error;
  return { ...error, problem: toProblem(error, reference) };
}

function toProblem(error: StepError, instance: string): Problem {
  const inner = isJsonObject(error.details) ? error.details['problem'] : undefined;
  if (error.code === 'quorum-not-reached' && isJsonObject(inner)) return inner as unknown as Problem;
  const [kind, status] = classify(error);
  return { type: `${TYPES}${kind}`, status, title: TITLES[kind], detail: error.message, instance };
}

function classify({ code, class: failureClass, details }: StepError): readonly [Kind, number] {
  const status = isJsonObject(details) ? details['status'] : undefined;
  if (code === 'http-status' && typeof status === 'number') return ['communication', status];
  if (code === 'data-invalid' || code === 'action-input-invalid') return ['validation', 400];
  if (code.startsWith('expression-') || code === 'condition-not-boolean') return ['expression', 400];
  if (failureClass === 'timeout') return ['timeout', 408];
  if (code.startsWith('http-') || code.startsWith('openapi-'))
    return failureClass === 'configuration' ? ['configuration', 400] : ['communication', 503];
  if (failureClass === 'auth') return ['authentication', 401];
  if (failureClass === 'configuration') return ['configuration', 400];
  return ['runtime', 500];
}

export function fitsFilter(problem: Problem, filter: ProblemFilter): boolean {
  const { types, status, instance, title, detail } = filter;
  return (
    (types === undefined || types.includes(problem.type)) &&
    (status === undefined || status === problem.status) &&
    (instance === undefined || instance === problem.instance) &&
    (title === undefined || title === problem.title) &&
    (detail === undefined || detail === problem.detail)
  );
}
