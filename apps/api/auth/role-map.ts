import { SluiceError } from '#domain/errors.js';
import { EVERY_PROJECT } from '#persistence/repositories/access-repository.js';
import { ROLE_NAME } from '../http/plain-text.js';

interface Grant {
  /** `*`: all. */
  readonly project: string;
  readonly roles: readonly string[];
}

/** What a group of the OIDC issuer is here. */
export type RoleMap = ReadonlyMap<string, readonly Grant[]>;

const PROJECT = /^(\*|[a-z][a-z0-9-]{0,62})$/;
const MAX_ENTRIES = 1_000;

/**
 * Reads `ops=*:admin;web-team=web:developer,approver`: for each group, what its people are in which project. Throws
 * SluiceError `setting-invalid`; names of groups are no secret.
 */
export function parseRoleMap(text: string): RoleMap {
  const entries = text
    .split(';')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (entries.length > MAX_ENTRIES) throw refuse(`must name ${MAX_ENTRIES} groups at most`);
  const map = new Map<string, Grant[]>();
  for (const entry of entries) {
    const [, group, project, list] = /^([^=]{1,200})=([^:=]+):([^:=]+)$/.exec(entry) ?? [];
    const roles = (list ?? '').split(',').map((role) => role.trim());
    if (group === undefined || !PROJECT.test(project ?? '') || !roles.every((role) => ROLE_NAME.test(role))) {
      throw refuse(`must be group=project:role,role;…, not ${JSON.stringify(entry.slice(0, 80))}`);
    }
    const grants = map.get(group.trim()) ?? [];
    map.set(group.trim(), [...grants, { project: project!, roles }]);
  }
  return map;
}

/** What somebody of these groups is in the project, and in all. */
export function rolesOfGroups(
  map: RoleMap,
  groups: readonly string[],
  project: string,
): { readonly inside: readonly string[]; readonly everywhere: readonly string[] } {
  const grants = groups.flatMap((group) => map.get(group) ?? []);
  const rolesIn = (where: string) =>
    grants.filter((grant) => grant.project === where).flatMap(({ roles }) => roles);
  return { inside: rolesIn(project), everywhere: rolesIn(EVERY_PROJECT) };
}

function refuse(message: string): SluiceError {
  return new SluiceError({ code: 'setting-invalid', fault: 'user', message });
}
