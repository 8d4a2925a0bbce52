import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import { classifyStatus, isWorthRetrying } from '#contracts/http-status.js';
import type { SluiceError } from '#domain/errors.js';

/** An answer of failure, as people are told of it. */
interface Refusal {
  /** `GitHub`. */
  readonly title: string;
  /** What was asked for: `the pipeline build.yml of acme/app`. */
  readonly subject: string;
  readonly status: number;
  /** What the platform says of it, without secrets. */
  readonly words: string;
  /** The permission that lacks, where the platform names it. */
  readonly missing?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/**
 * SluiceError `platform-auth-refused` (401), `platform-permission-missing` (403), `platform-not-found` (404, 410),
 * `platform-unavailable` (what may be otherwise later) or `platform-refused`.
 */
export function createRefusal(refusal: Refusal): SluiceError {
  const { title, subject, status, words, missing, retryAfterMs } = refusal;
  const said = words === '' ? '.' : `: ${words}`;
  const facts = { status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  const init = { fault: 'user', class: classifyStatus(status), retryable: false, facts } as const;
  if (status === 401) {
    return createActionFailure({
      ...init,
      code: 'platform-auth-refused',
      message: `${title} refuses the credentials of the integration (401)${said}`,
      hint: 'Check that the token is whole, has not expired, and belongs to this address; `sluice integrations test` tries it.',
    });
  }
  if (status === 403) {
    return createActionFailure({
      ...init,
      code: 'platform-permission-missing',
      message: `${title} does not let the integration reach ${subject} (403)${missing === undefined ? said : `: ${missing} is missing.`}`,
      hint:
        missing === undefined
          ? 'Give the token the permissions that the platform asks for; docs name them.'
          : `Give the token ${missing}.`,
      facts: { ...facts, ...(missing === undefined ? {} : { missing }) },
    });
  }
  if (status === 404 || status === 410) {
    return createActionFailure({
      ...init,
      code: 'platform-not-found',
      message: `${title} has no ${subject}, or does not show it to this integration (${status}).`,
      hint: 'Correct the name, or give the token access to it; `sluice integrations discover` lists what it can see.',
    });
  }
  if (isWorthRetrying(status)) {
    return createActionFailure({
      ...init,
      code: 'platform-unavailable',
      fault: 'operational',
      retryable: true,
      message: `${title} answered with status ${status} when asked for ${subject}${said}`,
      hint: "Look at the platform's status page; a later attempt may get through.",
    });
  }
  return createActionFailure({
    ...init,
    code: 'platform-refused',
    message: `${title} refuses ${subject} (${status})${said}`,
  });
}

/** SluiceError `platform-redirects`: what is asked for is said to lie where credentials and inputs do not go. */
export function createRedirected(title: string, subject: string, origin: string): SluiceError {
  return createActionFailure({
    code: 'platform-redirects',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `${title} sends whoever asks for ${subject} on to ${origin}; the integration stays at its base URL.`,
    hint: 'Set the base URL to the address that the platform gives itself, `https` included; a page to sign in at means that the credentials are not taken.',
  });
}

/** The platform asks for a longer pause than whoever asks has patience for. */
export function createRateLimited(title: string, waitMs: number): SluiceError {
  return createActionFailure({
    code: 'platform-rate-limited',
    fault: 'operational',
    class: 'rate-limit',
    retryable: true,
    message: `${title} lets the integration ask no more for ${Math.ceil(waitMs / 1000)} s.`,
    hint: 'Ask later, or give the integration credentials of their own.',
    facts: { retryAfterMs: Math.min(Math.ceil(waitMs), 3_600_000) },
  });
}
