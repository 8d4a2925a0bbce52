import type { StepError } from './step-error.js';

/** Errors that the engine itself makes, by code; the reference in docs is made of this table. */
export const ENGINE_ERRORS = {
  canceled: { class: 'canceled', message: 'Stopped because the run was canceled.' },
  'stopped-by-sibling': { class: 'canceled', message: 'Stopped because a step beside it failed (failFast).' },
  'stopped-by-quorum': {
    class: 'canceled',
    message: 'Stopped because enough of the others had succeeded (quorum).',
  },
  'stopped-by-operator': { class: 'canceled', message: 'Stopped because a person decided so.' },
  'stopped-by-rollback': {
    class: 'canceled',
    message: 'Stopped because the run is being rolled back.',
  },
  'compensation-failed': {
    class: 'unknown',
    message: 'What the run had done could not all be undone.',
    hint: 'Undo the rest by hand; `details` has the error of each, and what made the run stop.',
  },
  'quorum-not-reached': {
    class: 'unknown',
    message: 'Too few branches or items succeeded.',
    hint: '`details` has the first failure; lower `quorum`, or mend that.',
  },
  'loop-exhausted': {
    class: 'timeout',
    message: 'The loop took all its turns and was not over.',
    hint: 'Raise `max` or `delay`, or look at what `while` or `until` asks.',
  },
  'approval-rejected': { class: 'canceled', message: 'Somebody rejected.' },
  'approval-expired': {
    class: 'timeout',
    message: 'Nobody decided in time.',
    hint: 'Raise `expires`, name more people, or say with `onExpiry` what follows.',
  },
  'approvers-invalid': {
    class: 'configuration',
    message: '`approval.by` or `escalate.to` gave no list of names.',
    hint: 'Give 1 to 100 names of roles or `user:<name>`.',
  },
  'event-name-invalid': {
    class: 'configuration',
    message: 'The name of an event must be text.',
    hint: 'Convert it with string(…).',
  },
  'lock-name-invalid': {
    class: 'configuration',
    message: 'The name of a lock must be text of 1 to 200 characters.',
    hint: 'Look at the expressions in `locks`.',
  },
  'matrix-invalid': {
    class: 'configuration',
    message: 'The matrix gave something other than lists, or lists of maps.',
    hint: 'Each name takes a list; `exclude` and `include` take lists of maps.',
  },
  'flow-endless': {
    class: 'configuration',
    message: 'The steps went back to earlier ones more than 10,000 times.',
    hint: 'Look at the `then` that leads back, and at what should end it.',
  },
  'data-invalid': {
    class: 'configuration',
    message: 'A value does not fit the schema that the definition has for it.',
    hint: 'Correct the value, or the schema.',
  },
  'problem-invalid': {
    class: 'configuration',
    message: 'What was raised is no error: `type` must be text and `status` a whole number.',
    hint: 'Look at the expressions in `raise`.',
  },
  'step-timeout': {
    class: 'timeout',
    message: 'Did not end within its time limit.',
    hint: 'Raise `timeout`, or find out what it waited for.',
  },
  'expression-failed': {
    class: 'configuration',
    message: 'An expression could not be evaluated.',
    hint: 'Check the names and types that it uses; `has(x.y)` asks whether a member exists.',
  },
  'expression-too-costly': {
    class: 'configuration',
    message: 'An expression took too many steps.',
    hint: 'Loop over fewer elements, or compute this in an action.',
  },
  'expression-result-invalid': {
    class: 'configuration',
    message: 'An expression gave a value that JSON cannot hold.',
    hint: 'Convert it, for instance with string(…).',
  },
  'condition-not-boolean': {
    class: 'configuration',
    message: '`if` gave something other than true or false.',
    hint: 'Compare the value: `inputs.name != ""`.',
  },
  'for-each-not-a-list': {
    class: 'configuration',
    message: '`forEach.in` gave something other than a list.',
    hint: 'Give a list, or an expression that yields one.',
  },
  'for-each-too-long': {
    class: 'configuration',
    message: '`forEach.in` gave too many elements.',
    hint: 'At most 10,000; split the list over several runs.',
  },
  'wait-invalid': {
    class: 'configuration',
    message: '`wait` gave neither a duration nor a moment.',
    hint: 'Durations: 500ms, 10s, 5m, 2h, 1d, at most 366 days; moments: RFC 3339.',
  },
  'text-expected': {
    class: 'configuration',
    message: 'Text was expected here.',
    hint: 'Convert the value with string(…).',
  },
  'input-too-large': {
    class: 'configuration',
    message: 'The input of the step is larger than 256 KiB of JSON.',
    hint: 'Hand over a reference (a file in the workspace, a URL) instead of the data.',
  },
  'output-too-large': {
    class: 'configuration',
    message: 'The output is larger than 256 KiB of JSON.',
    hint: 'Write the data to the workspace and put out what later steps need of it.',
  },
} as const satisfies Record<string, Omit<StepError, 'code'>>;

export type EngineErrorCode = keyof typeof ENGINE_ERRORS;

/** The error of that code, with what is particular to this case put after the general message. */
export function engineError(code: EngineErrorCode, particulars?: string): StepError {
  const error = ENGINE_ERRORS[code];
  return {
    ...error,
    code,
    message: particulars === undefined ? error.message : `${error.message} ${particulars}`,
  };
}
