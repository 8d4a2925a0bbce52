import { atKey, atValue, type FindingReport } from '../validation/report.js';
import { quote } from './path.js';
import { entryOf, isScalar, type Spot, type TreeMap } from './tree.js';
import { readText } from './values.js';

const ID = /^[a-z][a-z0-9-]*$/;

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

const MAX_LENGTH = 100;

/** Roots of expressions that no variable may hide. */
const RESERVED_NAMES: readonly string[] = ['inputs', 'steps', 'run', 'event', 'env', 'secrets'];

/** Words that CEL keeps for itself, and names of its types: as a variable they could never be read. */
const CEL_NAMES: ReadonlySet<string> = new Set(
  (
    'as break const continue else false for function if import in let loop null package namespace return true var void ' +
    'while bool bytes double google int list map null_type string type uint'
  ).split(' '),
);

/** Checks the id of a stage, step or branch, which is its key. */
export function checkId(id: string, spot: Spot, report: FindingReport, owner: string): void {
  if (isId(id)) return;
  report.add('id-invalid', atKey(spot), `${quote(id)} cannot be the id of ${owner}.`, () => idHint(id));
}

/** Checks the name of the definition, which has the form of an id. */
export function checkName(name: string, spot: Spot, report: FindingReport): void {
  if (isId(name)) return;
  report.add('id-invalid', atValue(spot), `${quote(name)} cannot be the name of a definition.`, () =>
    idHint(name),
  );
}

/** Checks a name of the form of an id that stands as a value, and says whether it is one. */
export function checkReferredName(spot: Spot, report: FindingReport, owner: string): boolean {
  const name = isScalar(spot) ? String(spot.node.value) : '';
  if (isId(name)) return true;
  report.add('id-invalid', atValue(spot), `${quote(name)} cannot be the name of ${owner}.`, () =>
    idHint(name),
  );
  return false;
}

/** Checks the name of an input, a secret or a list of a matrix, which is its key. */
export function checkIdentifier(name: string, spot: Spot, report: FindingReport, owner: string): void {
  if (isIdentifier(name)) return;
  report.add('identifier-invalid', atKey(spot), `${quote(name)} cannot be the name of ${owner}.`, () =>
    identifierHint(name),
  );
}

/** `outer` holds the variables that are in scope already. */
function checkVariable(spot: Spot, outer: readonly string[], report: FindingReport): void {
  const name = isScalar(spot) ? String(spot.node.value) : '';
  if (!isIdentifier(name)) {
    report.add('identifier-invalid', atValue(spot), `${quote(name)} cannot be a variable.`, () =>
      identifierHint(name),
    );
  } else if (CEL_NAMES.has(name)) {
    report.add(
      'loop-variable-taken',
      atValue(spot),
      `\`${name}\` means something in expressions.`,
      'Choose another name.',
    );
  } else if (RESERVED_NAMES.includes(name)) {
    report.add(
      'loop-variable-taken',
      atValue(spot),
      `\`${name}\` has a meaning of its own.`,
      'Choose another name.',
    );
  } else if (outer.includes(name)) {
    report.add(
      'loop-variable-taken',
      atValue(spot),
      `\`${name}\` is the variable of something around this.`,
      'Choose another name with `as`.',
    );
  }
}

/**
 * The variable that `as` names in `map`, or else `fallback`; refused where it is in scope already, as the fallback may
 * be too.
 */
export function readVariable(
  map: Spot<TreeMap>,
  fallback: string,
  outer: readonly string[],
  report: FindingReport,
): string {
  const written = entryOf(map, 'as');
  if (written === undefined) {
    const { position } = map.node;
    if (outer.includes(fallback)) {
      checkVariable({ node: { kind: 'scalar', value: fallback, position }, path: map.path }, outer, report);
    }
    return fallback;
  }
  const name = readText(written, report, 'Write a name: `as: region`.');
  if (name === undefined) return fallback;
  checkVariable(name, outer, report);
  return String(name.node.value);
}

export function isId(text: string): boolean {
  return text.length <= MAX_LENGTH && ID.test(text);
}

function isIdentifier(text: string): boolean {
  return text.length <= MAX_LENGTH && IDENTIFIER.test(text);
}

function idHint(text: string): string {
  const near = text
    .slice(0, MAX_LENGTH)
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '');
  const example = isId(near) ? `, for example ${quote(near)}` : '';
  return `Use lower-case letters, digits and dashes, a letter first, at most ${MAX_LENGTH} characters${example}.`;
}

function identifierHint(text: string): string {
  const near = text
    .slice(0, MAX_LENGTH)
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .replace(/^\d+/, '');
  const example = isIdentifier(near) && near !== '_' ? `, for example ${quote(near)}` : '';
  return `Use letters, digits and underscores, no digit first, at most ${MAX_LENGTH} characters${example}.`;
}
