/** Names of people and their roles; `*` is everybody who is not named. */
export type RoleTable = ReadonlyMap<string, readonly string[]>;

export type ParsedRoles =
  | { readonly ok: true; readonly table: RoleTable }
  | { readonly ok: false; readonly message: string };

const EVERYBODY = '*';
const PERSON = /^(\*|[A-Za-z0-9][A-Za-z0-9._@+-]{0,99})$/;
const ROLE = /^[a-z][a-z0-9-]{0,49}$/;
const MAX_PEOPLE = 10_000;

/** Reads `ann=approver,operator;bob=approver;*=viewer`. Names of people are not secret: the message may hold them. */
export function parseRoles(text: string): ParsedRoles {
  const table = new Map<string, readonly string[]>();
  const entries = text
    .split(';')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (entries.length > MAX_PEOPLE) return refuse(`names more than ${MAX_PEOPLE} people`);
  for (const entry of entries) {
    const [person = '', roles, ...rest] = entry.split('=').map((part) => part.trim());
    const shown = JSON.stringify(entry.slice(0, 80));
    if (roles === undefined || rest.length > 0)
      return refuse(`must be name=role,role;name=role, not ${shown}`);
    if (!PERSON.test(person)) {
      return refuse(
        `must name people by letters, digits and . _ @ + -, 100 at most, or by *, not as in ${shown}`,
      );
    }
    if (table.has(person)) return refuse(`names ${person} twice`);
    const names = roles
      .split(',')
      .map((role) => role.trim())
      .filter((role) => role !== '');
    const wrong = names.find((role) => !ROLE.test(role));
    if (wrong !== undefined) {
      return refuse(
        `must name roles by lower-case letters, digits and dashes, not ${JSON.stringify(wrong.slice(0, 80))}`,
      );
    }
    table.set(person, [...new Set(names)]);
  }
  return { ok: true, table };
}

function refuse(message: string): ParsedRoles {
  return { ok: false, message };
}

/** Of a person, by the table; those of everybody else where they are not named. */
export function rolesOf(table: RoleTable, person: string): readonly string[] {
  if (person === EVERYBODY) return [];
  return table.get(person) ?? table.get(EVERYBODY) ?? [];
}

/** Of a text that the configuration has checked. */
export function requireRoles(text: string): RoleTable {
  const parsed = parseRoles(text);
  if (!parsed.ok) throw new Error(`SLUICE_ROLES ${parsed.message}`);
  return parsed.table;
}
