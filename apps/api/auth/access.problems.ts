import type { ProblemCode } from '../http/problem-code.js';

/** Of credentials, rights, and what they are given for. */
export const ACCESS_PROBLEMS = {
  'credentials-missing': {
    status: 401,
    title: 'Credentials are needed',
    cause: 'The request has no Authorization header, and the address is not one that everybody may use.',
    cure: 'Send `Authorization: Bearer` with an API key or a token; `sluice login` keeps one for the command line.',
  },
  'credentials-invalid': {
    status: 401,
    title: 'The credentials are not valid',
    cause:
      'The API key or token is none of ours, was copied wrongly, was revoked, has expired, or is for others than this API.',
    cure: 'Get a new one; ask an administrator of the project for an API key.',
  },
  'issuer-unavailable': {
    status: 503,
    title: 'The OIDC issuer does not answer',
    cause: 'The keys of SLUICE_OIDC_ISSUER, by which its tokens are checked, cannot be fetched.',
    cure: 'Try again; look whether the API reaches the issuer, and whether it describes itself at /.well-known/openid-configuration.',
  },
  'permission-missing': {
    status: 403,
    title: 'You may not do this',
    cause: 'None of the roles that the caller has in the project allows it.',
    cure: 'Ask an administrator of the project for a role that does.',
  },
  'project-not-found': {
    status: 404,
    title: 'There is no such project',
    cause: 'No project has this name, or the caller has no role in it.',
    cure: 'Look at `GET /api/v1/projects` for those that you are in, and name one in the header x-sluice-project.',
  },
  'project-taken': {
    status: 409,
    title: 'This name of a project is taken',
    cause: 'A project has this name.',
    cure: 'Choose another name.',
  },
  'project-not-empty': {
    status: 409,
    title: 'The project is not empty',
    cause: 'It holds runs, workflows or other things, or API keys that live; the message names their kinds.',
    cure: 'Keep it, or remove what it holds first; revoke its API keys.',
  },
  'user-not-found': {
    status: 404,
    title: 'There is no such person',
    cause: 'Nobody is known by this name.',
    cure: 'Look at the list of users, or add the person first.',
  },
  'user-taken': {
    status: 409,
    title: 'The person is known',
    cause: 'Somebody has this name, or the issuer knows somebody else as this subject.',
    cure: 'Choose another name, or change the person that is there.',
  },
  'member-not-found': {
    status: 404,
    title: 'The person is not in the project',
    cause: 'The person of this name has no role in the project.',
    cure: 'Look at the list of members.',
  },
  'api-key-not-found': {
    status: 404,
    title: 'There is no such API key',
    cause: 'No API key of the project has this id.',
    cure: 'Look at the list of API keys; the id stands between the two underscores of a key.',
  },
  'api-key-taken': {
    status: 409,
    title: 'This name of an API key is taken',
    cause: 'A living API key of the project has this name.',
    cure: 'Choose another name, or revoke the other key first.',
  },
  'api-key-limit-reached': {
    status: 409,
    title: 'There are too many API keys',
    cause: 'A project has at most 1,000 living API keys.',
    cure: 'Revoke those that are not needed.',
  },
  'rate-limited': {
    status: 429,
    title: 'There were too many requests',
    cause: 'The key, or the address, has asked more often in a minute than SLUICE_RATE_* of the API allow.',
    cure: 'Wait as long as the header Retry-After says.',
  },
} as const satisfies Record<string, ProblemCode>;
