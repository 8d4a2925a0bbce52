import { GROWING } from '../../../bench/lists/many-runs.js';

/** A migration as its statements on the way up. */
interface ReadMigration {
  readonly statements: readonly string[];
  /** False where it runs outside of a transaction. */
  readonly transaction: boolean;
}

/** What docs/database.md forbids: each with why, by the form of a statement or of one action of an ALTER TABLE. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [
    /^(ALTER TABLE .*)?DROP (TABLE|COLUMN|SEQUENCE|FUNCTION|TYPE|VIEW)\b/i,
    'drops what the version before uses',
  ],
  [/\bRENAME\b/i, 'renames what the version before uses'],
  [/\bALTER (COLUMN )?\w+ (SET DATA )?TYPE\b/i, 'writes the whole table anew'],
  [/\bSET NOT NULL\b/i, 'reads the whole table, and the version before may write null'],
  [/\bDROP DEFAULT\b/i, 'the version before leaves the column out'],
  [/^ADD COLUMN (?!.*\bDEFAULT\b).*\bNOT NULL\b/i, 'the version before leaves the column out'],
  [
    /^ADD COLUMN .*(\bGENERATED\b|\bserial\b|DEFAULT (nextval|random|gen_random_uuid|clock_timestamp)\b)/i,
    'writes the whole table anew',
  ],
  [
    /^ADD (CONSTRAINT \w+ )?(UNIQUE|PRIMARY KEY|EXCLUDE)(?!.*USING INDEX)/i,
    'reads the whole table under a lock',
  ],
  [/^ADD (CONSTRAINT \w+ )?(CHECK|FOREIGN KEY)(?!.*\bNOT VALID$)/i, 'reads the whole table under a lock'],
  [/^(LOCK|TRUNCATE|CLUSTER|REINDEX(?!.*CONCURRENTLY)|VACUUM FULL)\b/i, 'keeps others out'],
];

/** Why the version before could not go on while it runs; empty where it could. */
export function findUnsafe({ statements, transaction }: ReadMigration): string[] {
  const made = new Set(statements.flatMap((text) => /^\s*CREATE TABLE (\w+)/i.exec(text)?.[1] ?? []));
  const seen: string[] = [];
  return statements.flatMap((text) => {
    const statement = text.replace(/\s+/g, ' ').trim();
    seen.push(statement);
    return checkStatement(statement, { made, seen, transaction }).map((why) => `${statement}: ${why}`);
  });
}

interface Surroundings {
  /** Tables that the migration makes itself: nobody uses them yet. */
  readonly made: ReadonlySet<string>;
  readonly seen: readonly string[];
  readonly transaction: boolean;
}

function checkStatement(statement: string, where: Surroundings): string[] {
  const [, altered, rest] = /^ALTER TABLE (?:IF EXISTS )?(\w+) (.*)$/i.exec(statement) ?? [];
  if (altered !== undefined) return where.made.has(altered) ? [] : checkActions(splitActions(rest!));
  const index = /^CREATE (UNIQUE )?INDEX (CONCURRENTLY )?(?:IF NOT EXISTS )?(\w+) ON (\w+)/i.exec(statement);
  if (index !== null) return checkIndex(index, where);
  const [, trigger] = /^CREATE (?:OR REPLACE )?TRIGGER \w+ .*? ON (\w+)/i.exec(statement) ?? [];
  if (trigger !== undefined && !where.made.has(trigger))
    return ['the version before does not know of the trigger'];
  const [, written] = /^(?:UPDATE|DELETE FROM) (\w+)/i.exec(statement) ?? [];
  if (written !== undefined && GROWING.some((table) => table === written))
    return ['writes a growing table at once'];
  if (/^DROP INDEX (?!IF EXISTS)/i.test(statement)) return ['drops what the version before uses'];
  return forbiddenIn(statement);
}

function checkActions(actions: readonly string[]): string[] {
  return actions.flatMap((action) => {
    const [, dropped] = /^DROP CONSTRAINT (?:IF EXISTS )?(\w+)/i.exec(action) ?? [];
    if (dropped === undefined)
      return forbiddenIn(action.startsWith('DROP') ? `ALTER TABLE x ${action}` : action);
    const widened = actions.some((other) => new RegExp(`^ADD CONSTRAINT ${dropped} `, 'i').test(other));
    return widened ? [] : ['drops what the version before relies on'];
  });
}

function checkIndex(found: RegExpExecArray, { made, seen, transaction }: Surroundings): string[] {
  const [, unique, concurrently, name, table] = found;
  if (made.has(table!)) return [];
  if (unique !== undefined) return ['the version before may write what it refuses'];
  if (concurrently === undefined) return ['keeps writers out while it is built'];
  if (transaction) return ['cannot run in a transaction'];
  const repeatable = seen.some((earlier) =>
    new RegExp(`^DROP INDEX (CONCURRENTLY )?IF EXISTS ${name}$`, 'i').test(earlier),
  );
  return repeatable ? [] : ['one that was begun and not finished is in its way: drop it first'];
}

function forbiddenIn(text: string): string[] {
  return FORBIDDEN.filter(([form]) => form.test(text)).map(([, why]) => why);
}

/** Of an ALTER TABLE, at commas outside of parentheses. */
function splitActions(text: string): string[] {
  const actions: string[] = [];
  let depth = 0;
  let current = '';
  for (const character of text) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (character === ',' && depth === 0) {
      actions.push(current.trim());
      current = '';
    } else current += character;
  }
  return [...actions, current.trim()];
}
