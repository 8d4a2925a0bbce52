import type { Setting } from './setting.js';

const RATE = { kind: 'whole', min: 1, max: 1_000_000_000 } as const;

/** Who gets in, and how often. */
export const ACCESS_SETTINGS = [
  {
    name: 'SLUICE_AUTH',
    default: 'on',
    type: { kind: 'choice', values: ['on', 'off'] },
    meaning:
      'off: whoever reaches the API without credentials is its administrator; on loopback only, for development.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_AUTH_SECRET',
    type: { kind: 'text', pattern: /^\S{32,1000}$/, form: '32 characters or more' },
    meaning:
      "Secret that signs the tokens of the API, the same for all its processes. Without it, on loopback, one is derived from the administrator's key.",
    readBy: ['api'],
  },
  {
    name: 'SLUICE_TRUSTED_PROXIES',
    type: { kind: 'list' },
    meaning:
      'Addresses and CIDR ranges of proxies before the API, separated by commas: their X-Forwarded-For says whose address a request is counted for.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_OIDC_ISSUER',
    type: { kind: 'url' },
    meaning: 'OIDC issuer whose tokens let people in, as `iss` has it; its keys are found by discovery.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_OIDC_AUDIENCE',
    type: { kind: 'text', pattern: /^\S{1,500}$/, form: 'a name without spaces' },
    meaning: 'What `aud` of these tokens must hold; needed with SLUICE_OIDC_ISSUER.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_OIDC_ROLES_CLAIM',
    default: 'groups',
    type: {
      kind: 'text',
      pattern: /^[^\s.]+(\.[^\s.]+)*$/,
      form: 'a name, with dots where it lies within others',
    },
    meaning: 'Claim of these tokens that holds groups, as a list or as words.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_OIDC_ROLES',
    meaning:
      'What these groups are here, as `ops=*:admin;web-team=web:developer,approver`: group, project (`*`: all) and roles.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_RATE_KEY',
    default: '6000',
    type: RATE,
    meaning: 'Requests a minute that one key, token or person may make of one API process.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_RATE_ADDRESS',
    default: '12000',
    type: RATE,
    meaning: 'Requests a minute that one address may make of one API process.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_RATE_FAILURE',
    default: '60',
    type: RATE,
    meaning: 'Wrong credentials a minute from one address, after which it is refused with 429.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_RATE_TOKEN',
    default: '60',
    type: RATE,
    meaning: 'Tokens a minute that may be made of one key.',
    readBy: ['api'],
  },
  {
    name: 'SLUICE_RATE_WEBHOOK',
    default: '6000',
    type: RATE,
    meaning: 'Events a minute that one API process takes of one webhook.',
    readBy: ['api'],
  },
] as const satisfies readonly Setting[];
