import { isUnsupported, type OrUnsupported, type PlatformDescription } from '#connectors/cicd/platform.js';
import { isSluiceError, SluiceError } from '#domain/errors.js';
import { isProblemCode, type ProblemCodeName } from '../http/problem-codes.js';
import { PLATFORM_PROBLEMS } from './platform.problems.js';

/** What cannot be had of a secret, by the codes of resolving one. */
const OF_SECRETS = /^(secret|vault)-/;
/** What a use of a platform throws, by what the API calls it. */
const NAMES: ReadonlyMap<string, keyof typeof PLATFORM_PROBLEMS> = new Map([
  ['canceled', 'platform-unavailable'],
  ['platform-redirects', 'platform-unreachable'],
  ['platform-app-key-invalid', 'platform-auth-unfit'],
]);
const OF_HTTP = /^http-/;

/** What the API says of what a platform, or the way to it, refused; `hide` takes secrets out of it. What is no refusal stays as it is. */
export function toPlatformProblem(error: unknown, hide: (text: string) => string): unknown {
  if (!isSluiceError(error)) return error;
  const code = codeFor(error.code);
  if (code === undefined) return error;
  const { hint, details } = error;
  const { status, cure } = PLATFORM_PROBLEMS[code];
  return new SluiceError({
    code,
    fault: status < 500 ? 'user' : 'operational',
    message: hide(error.message).slice(0, 1_000),
    hint: hint === undefined ? cure : hide(hint),
    details,
    cause: error,
  });
}

/** Of an answer that is none: what to do instead is its hint. Throws SluiceError `capability-unsupported`. */
export function requireSupported<T>(answer: OrUnsupported<T>, { title }: PlatformDescription): T {
  if (!isUnsupported(answer)) return answer;
  throw new SluiceError({
    code: 'capability-unsupported' satisfies ProblemCodeName,
    fault: 'user',
    message: `${title} does not have this: ${answer.unsupported}.`,
    hint: answer.instead,
  });
}

function codeFor(code: string): keyof typeof PLATFORM_PROBLEMS | undefined {
  if (Object.hasOwn(PLATFORM_PROBLEMS, code)) return code as keyof typeof PLATFORM_PROBLEMS;
  // Of ours already: nothing that a platform said.
  if (isProblemCode(code)) return undefined;
  if (OF_SECRETS.test(code)) return 'integration-secret-unavailable';
  if (OF_HTTP.test(code)) return 'platform-unreachable';
  return NAMES.get(code) ?? 'platform-refused';
}
