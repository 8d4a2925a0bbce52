import type { ProblemCode } from '../http/problem-code.js';

export const GATE_PROBLEMS = {
  'gate-not-found': {
    status: 404,
    title: 'There is no such gate',
    cause: 'No gate of the project has this id or name.',
    cure: 'Look at the list of gates.',
  },
  'gate-version-not-found': {
    status: 404,
    title: 'There is no such version of the gate',
    cause: 'The gate has no version of this number.',
    cure: "Look at the gate's versions, or leave `version` out to use the newest one.",
  },
  'gate-result-not-found': {
    status: 404,
    title: 'There is no such result',
    cause: 'The gate has no result of this id, or it is not kept any longer.',
    cure: 'Look at the list of its results.',
  },
  'gate-bypass-not-found': {
    status: 404,
    title: 'There is no such bypass',
    cause: 'The gate has no bypass of this id.',
    cure: 'Look at the list of its bypasses.',
  },
  'gate-invalid': {
    status: 422,
    title: 'The gate is not valid',
    cause:
      'The text sent is no gate that could judge, or has another name than the address; `findings` holds everything wrong with it, with its place.',
    cure: 'Correct each finding and send it again.',
  },
  'metrics-invalid': {
    status: 422,
    title: 'The metrics are not valid',
    cause: 'A metric is no number, list of samples or map of them; `findings` holds everything wrong.',
    cure: 'Send `{ "coverage": 81.5 }`, or null for what could not be measured.',
  },
  'gate-changed': {
    status: 412,
    title: 'The gate is not as you know it',
    cause: 'If-Match or If-None-Match does not hold: the gate has another version by now, or is there.',
    cure: 'Read the gate again, and decide by what it is now.',
  },
  'gate-limit-reached': {
    status: 409,
    title: 'There are too many gates',
    cause: 'The project has as many gates as it may.',
    cure: 'Delete some that nobody needs.',
  },
  'gate-bypassed': {
    status: 409,
    title: 'The gate is bypassed already',
    cause: 'A bypass of the gate lasts, and there is one at a time.',
    cure: 'Wait for its end, or revoke it first.',
  },
} as const satisfies Record<string, ProblemCode>;
