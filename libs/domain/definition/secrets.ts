import { atKey, atValue, type FindingReport } from '../validation/report.js';
import type { SecretDefinition, SecretsDefinition } from './definition.js';
import { checkIdentifier } from './names.js';
import { quote } from './path.js';
import { MAX_REFERENCE, REFERENCE_FORMS, SECRET_REFERENCE } from './secret-reference.js';
import { entriesOf, isMap, type Spot, type TreeMap } from './tree.js';
import { checkKeys, readChoice, readEntry, readMap, readText, requireEntry } from './values.js';

export const MAX_SECRETS = 50;

export const SECRET_KEYS = ['from', 'as'] as const;

export const SECRET_FORMS: readonly SecretDefinition['as'][] = ['environment', 'file'];

const HINT = `Write ${REFERENCE_FORMS}, which the worker resolves; it holds no expressions.`;

/** `{ TOKEN: env:NAME }`, or `{ TOKEN: { from: env:NAME, as: file } }`. */
export function readSecrets(spot: Spot, report: FindingReport): SecretsDefinition | undefined {
  const map = readMap(spot, report, 'Write `secrets: { TOKEN: env:DEPLOY_TOKEN }`.');
  if (map === undefined) return undefined;
  const secrets = entriesOf(map);
  if (secrets.length > MAX_SECRETS) {
    const message = `There are ${secrets.length} secrets here.`;
    report.add('value-out-of-range', atKey(map), message, `Hand over at most ${MAX_SECRETS}.`);
  }
  const read: [string, SecretDefinition][] = [];
  for (const [name, secret] of secrets) {
    checkIdentifier(name, secret, report, 'a secret');
    const definition = isMap(secret) ? readLong(secret, report) : readShort(secret, report);
    if (definition !== undefined) read.push([name, definition]);
  }
  return Object.fromEntries(read);
}

function readShort(spot: Spot, report: FindingReport): SecretDefinition | undefined {
  const from = readSecretReference(spot, report);
  return from === undefined ? undefined : { from, as: 'environment' };
}

function readLong(map: Spot<TreeMap>, report: FindingReport): SecretDefinition | undefined {
  checkKeys(map, SECRET_KEYS, report, 'a secret');
  const spot = requireEntry(map, 'from', report, HINT);
  const from = spot && readSecretReference(spot, report);
  const { as = 'environment' } = readEntry(map, 'as', (form) => readChoice(form, SECRET_FORMS, report));
  return from === undefined ? undefined : { from, as };
}

/** A reference to a secret, as text without expressions. */
export function readSecretReference(spot: Spot, report: FindingReport): string | undefined {
  const text = readText(spot, report, HINT);
  if (text === undefined) return undefined;
  const reference = String(text.node.value);
  const isReference = new RegExp(SECRET_REFERENCE).test(reference) && !reference.includes('${{');
  if (isReference && reference.length <= MAX_REFERENCE) return reference;
  const message = `${quote(reference)} is no reference to a secret.`;
  report.add('secret-reference-invalid', atValue(text), message, HINT);
  return undefined;
}
