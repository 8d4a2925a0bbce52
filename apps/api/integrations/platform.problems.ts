import type { ProblemCode } from '../http/problem-code.js';

/** What a platform, or the way to it, refuses. */
export const PLATFORM_PROBLEMS = {
  'integration-disabled': {
    status: 409,
    title: 'The integration is disabled',
    cause: 'Somebody has disabled it; its platform is not asked.',
    cure: 'Enable it, and ask again.',
  },
  'integration-secret-unavailable': {
    status: 424,
    title: 'The secret of the integration cannot be had',
    cause: 'What its reference names is not there, or Vault does not answer.',
    cure: 'Look at the secret where the API runs; workers need it, too.',
  },
  'capability-unsupported': {
    status: 422,
    title: 'The platform cannot do this',
    cause: 'What was asked for is none of the capabilities that `GET /platforms` tells of this platform.',
    cure: 'Do what `hint` says instead.',
  },
  'platform-unknown': {
    status: 409,
    title: 'The platform is not known here',
    cause: 'The integration was made where a plugin knew its platform, which is not here.',
    cure: 'Install the plugin at the API and at all workers, or remove the integration.',
  },
  'platform-auth-refused': {
    status: 424,
    title: 'The platform refuses the credentials',
    cause:
      'The token of the integration is wrong, has expired or was revoked, or belongs to another address.',
    cure: 'Put another token where the reference of the integration leads, then test it.',
  },
  'platform-token-refused': {
    status: 424,
    title: 'No access token could be got',
    cause: 'The token endpoint refuses the client id or the secret of the integration.',
    cure: 'Compare them with those at the endpoint.',
  },
  'platform-auth-unfit': {
    status: 424,
    title: 'The platform does not take these credentials',
    cause: 'The integration has credentials of a type, or in a form, that the platform does not know.',
    cure: 'Choose a type that `GET /platforms` tells of it.',
  },
  'platform-permission-missing': {
    status: 424,
    title: 'The credentials lack a permission',
    cause: 'The platform knows the credentials of the integration, and does not let them do this.',
    cure: 'Give the token the permission that is named, or those that `GET /platforms` tells.',
  },
  'platform-not-found': {
    status: 404,
    title: 'The platform has no such thing',
    cause: 'The project, pipeline or execution is not there, or not shown to these credentials.',
    cure: 'Correct the name, or give the token access to it.',
  },
  'pipeline-ref-not-found': {
    status: 404,
    title: 'There is no such branch or tag',
    cause: 'The pipeline is not there at the branch or tag that was named.',
    cure: 'Name one that discovery lists.',
  },
  'platform-refused': {
    status: 422,
    title: 'The platform refuses the request',
    cause: 'What was asked for does not fit there; `detail` holds its words.',
    cure: 'Correct what it complains of.',
  },
  'platform-rate-limited': {
    status: 503,
    title: "The platform's limit is reached",
    cause: 'The platform lets the integration ask no more for longer than a request waits here.',
    cure: 'Ask again after the seconds of `Retry-After`; runs wait by themselves.',
  },
  'platform-unavailable': {
    status: 424,
    title: 'The platform does not work just now',
    cause: 'It answered with a status of failure of its own, or not in time.',
    cure: 'Look at its status page, and try again later.',
  },
  'platform-unreachable': {
    status: 424,
    title: 'The platform cannot be reached',
    cause:
      'Its host has no address or one that is not allowed, does not listen, or its certificate does not fit; `detail` says which.',
    cure: 'Look at base URL, proxy and authorities of the integration, and SLUICE_HTTP_ALLOW.',
  },
  'platform-event-invalid': {
    status: 400,
    title: 'This is no event of the platform',
    cause: 'The sender is proved, but what it sent does not fit the form of its platform.',
    cure: 'Look at the delivery at the platform, and send events of pipelines as JSON.',
  },
  'platform-answer-invalid': {
    status: 424,
    title: 'The platform answers otherwise than it promises',
    cause: 'The answer does not fit the description of its API: perhaps something else answers in its place.',
    cure: 'Check the base URL of the integration.',
  },
} as const satisfies Record<string, ProblemCode>;
