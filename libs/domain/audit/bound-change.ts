import type { Json } from '../json.js';
import { computeDigest } from '../plan/digest.js';

/** Characters of `before` or `after` as JSON, at most. */
export const MOST_CHANGE = 16_384;

const LONG_TEXT = 1_000;
const SHOWN_TEXT = 200;
const MOST_MEMBERS = 100;
const MOST_DEPTH = 16;
const HIDDEN = '***';

/** Names whose values are secret, wherever they stand: by their end, or as a word of their own. */
const SECRET_NAMES: readonly RegExp[] = [
  /(password|passwd|passphrase|secret|token|api[_.-]?key|private[_.-]?key)s?$/i,
  /(^|[_.-])(pass|pwd|credentials?|authorization|cookie)$/i,
  /[a-z](Pass|Pwd|Credentials?|Authorization|Cookie)$/,
];

/** What holds a secret by its form: what names it stays, the secret itself goes. */
const SECRET_FORMS: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic) +[\w.~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@]{0,200}):[^\s/@]{1,500}@/gi, `$1:${HIDDEN}@`],
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g, HIDDEN],
  [
    /((?:password|passwd|secret|token|api[_-]?key)["']? *[:=] *["']?)(?!(?:env|file|vault):|[$"'{[|>\s])[^\s"',}\]]{4,}/gi,
    `$1${HIDDEN}`,
  ],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g, HIDDEN],
];

/**
 * What the audit log keeps of a value: without what looks like a secret by its name or its form, and small. Of what is
 * too large stays its size, and a digest to compare by.
 */
export function boundChange(value: Json): Json {
  const masked = hideSecrets(value, 0);
  if (JSON.stringify(masked).length <= MOST_CHANGE) return masked;
  const shortened = shorten(masked);
  return JSON.stringify(shortened).length <= MOST_CHANGE ? shortened : describeOmitted(masked);
}

/** The text without what looks like a secret by its form. */
export function hideSecretForms(text: string): string {
  return SECRET_FORMS.reduce((shown, [form, instead]) => shown.replace(form, instead), text);
}

function hideSecrets(value: Json, depth: number): Json {
  if (typeof value === 'string') return hideSecretForms(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MOST_DEPTH) return describeOmitted(value);
  if (Array.isArray(value)) return value.map((item) => hideSecrets(item, depth + 1));
  const members = Object.entries(value as Readonly<Record<string, Json | undefined>>).filter(
    (member): member is [string, Json] => member[1] !== undefined,
  );
  return fromEntries(
    members.map(([name, member]) => [
      name,
      isSecretName(name) && isSecret(member) ? HIDDEN : hideSecrets(member, depth + 1),
    ]),
  );
}

function isSecretName(name: string): boolean {
  return SECRET_NAMES.some((pattern) => pattern.test(name));
}

/** `secrets: { TOKEN: env:CI_TOKEN }` names where a secret lies, which is none. */
function isSecret(value: Json): boolean {
  if (typeof value === 'number') return true;
  return typeof value === 'string' && value !== '' && !/^(env|file|vault):\S+$/.test(value);
}

function shorten(value: Json): Json {
  if (typeof value === 'string') return value.length > LONG_TEXT ? cut(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.slice(0, MOST_MEMBERS).map(shorten);
    return value.length > MOST_MEMBERS ? [...items, describeOmitted(value.slice(MOST_MEMBERS))] : items;
  }
  const members = Object.entries(value as Readonly<Record<string, Json>>);
  const shown = members.slice(0, MOST_MEMBERS).map(([name, member]) => [name, shorten(member)] as const);
  if (members.length <= MOST_MEMBERS) return fromEntries(shown);
  return fromEntries([...shown, ['…', describeOmitted(fromEntries(members.slice(MOST_MEMBERS)))]]);
}

function cut(text: string): string {
  const start = text.slice(0, SHOWN_TEXT).replace(/[\uD800-\uDBFF]$/, '');
  return `${start}… (${text.length} characters, ${computeDigest(text)})`;
}

function describeOmitted(value: Json): Json {
  return { omitted: true, characters: JSON.stringify(value).length, digest: computeDigest(value) };
}

/** Also for the name `__proto__`. */
function fromEntries(members: readonly (readonly [string, Json])[]): Json {
  return Object.fromEntries(members);
}
