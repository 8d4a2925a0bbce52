/** Roles that are given in a project, from the one that sees to the one that may do all. */
export const ROLES = ['viewer', 'operator', 'developer', 'approver', 'admin'] as const;

export type Role = (typeof ROLES)[number];

const EVERYBODY: readonly Role[] = ROLES;
const RUNS: readonly Role[] = ['operator', 'developer', 'admin'];
const BUILDS: readonly Role[] = ['developer', 'admin'];
const DECIDES: readonly Role[] = ['operator', 'approver', 'admin'];
const RELEASES: readonly Role[] = ['approver', 'admin'];
const ADMIN: readonly Role[] = ['admin'];

/**
 * Which roles may do what, in their project. A permission names a resource and what is done to it; every route declares
 * one.
 */
export const PERMISSIONS = {
  'workflows:read': EVERYBODY,
  'workflows:write': BUILDS,
  'templates:read': EVERYBODY,
  'templates:write': BUILDS,
  'runs:read': EVERYBODY,
  'runs:start': RUNS,
  'runs:operate': RUNS,
  'approvals:read': EVERYBODY,
  /** Whom an approval names, its definition says. */
  'approvals:decide': EVERYBODY,
  'schedules:read': EVERYBODY,
  'schedules:write': BUILDS,
  'webhooks:read': EVERYBODY,
  'webhooks:write': BUILDS,
  'agents:read': EVERYBODY,
  'agents:write': BUILDS,
  'integrations:read': EVERYBODY,
  'integrations:write': BUILDS,
  /** Asks the platform with the credentials of the integration. */
  'integrations:use': RUNS,
  'pipelines:read': EVERYBODY,
  'pipelines:operate': RUNS,
  'gates:read': EVERYBODY,
  'gates:write': BUILDS,
  'gates:evaluate': RUNS,
  /** Lets through what a gate does not pass. */
  'gates:bypass': RELEASES,
  'risk:read': EVERYBODY,
  /** Assesses changes, says how environments are and what became of changes. */
  'risk:assess': RUNS,
  /** Says by which model changes are judged. */
  'risk:write': BUILDS,
  'pools:read': EVERYBODY,
  'pools:write': ADMIN,
  'freezes:read': EVERYBODY,
  'freezes:write': DECIDES,
  'failures:read': EVERYBODY,
  'catalogue:read': EVERYBODY,
  'members:read': EVERYBODY,
  'members:write': ADMIN,
  'keys:read': ADMIN,
  'keys:write': ADMIN,
  'settings:read': EVERYBODY,
  'settings:write': ADMIN,
  'audit:read': ADMIN,
  'retention:read': ADMIN,
  'retention:write': ADMIN,
  'personal-data:read': ADMIN,
  'personal-data:erase': ADMIN,
  /** Reads what Temporal stores, decrypted, of whichever project. */
  'codec:use': ADMIN,
  /** Makes, changes and removes projects. */
  'projects:write': ADMIN,
  'users:read': ADMIN,
  'users:write': ADMIN,
  /** What concerns the caller only: who it is, which projects it sees. */
  'account:read': EVERYBODY,
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;

/** About no project: the role must have been given in all of them (`*`). */
export const IN_EVERY_PROJECT: readonly Permission[] = [
  'codec:use',
  'projects:write',
  'users:read',
  'users:write',
];

/** Of everybody with credentials, whichever the project. */
export const OF_ONESELF: readonly Permission[] = ['account:read'];

/** Roles by which somebody is in a project, and those by which in all of them. */
export interface HeldRoles {
  readonly roles: readonly string[];
  readonly everywhere: readonly string[];
}

export function isAllowed(permission: Permission, { roles, everywhere }: HeldRoles): boolean {
  if (OF_ONESELF.includes(permission)) return true;
  const held = IN_EVERY_PROJECT.includes(permission) ? everywhere : roles;
  return PERMISSIONS[permission].some((role) => held.includes(role));
}
