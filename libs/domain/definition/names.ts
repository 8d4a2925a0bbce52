import { atKey, atValue, type FindingReport } from '../validation/report.js';
import { quote } from './path.js';
import { isScalar, type Spot } from './tree.js';

const ID = /^[a-z][a-z0-9-]*$/;

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

const MAX_LENGTH = 100;

/** Roots of expressions that no loop variable may hide. */
const RESERVED_NAMES: readonly string[] = ['inputs', 'steps', 'run', 'event', 'env'];

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

export function checkInputName(name: string, spot: Spot, report: FindingReport): void {
  if (isIdentifier(name)) return;
  report.add('identifier-invalid', atKey(spot), `${quote(name)} cannot be the name of an input.`, () =>
    identifierHint(name),
  );
}

/** `outer` holds the variables of the loops around this one. */
export function checkLoopVariable(spot: Spot, outer: readonly string[], report: FindingReport): void {
  const name = isScalar(spot) ? String(spot.node.value) : '';
  if (!isIdentifier(name)) {
    report.add('identifier-invalid', atValue(spot), `${quote(name)} cannot be a loop variable.`, () =>
      identifierHint(name),
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
      `\`${name}\` is the variable of a forEach around this one.`,
      'Choose another name with `as`.',
    );
  }
}

function isId(text: string): boolean {
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
