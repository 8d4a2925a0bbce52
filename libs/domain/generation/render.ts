import { isJsonObject, type Json } from '../json.js';
import type { Evidence, Reason } from './facts.js';
import type { Line } from './tree.js';

/** Why a line of the definition stands there. */
export interface Explanation extends Reason {
  /** As findings name it: `stages.verify.steps.test.with.run`. */
  readonly path: string;
}

export interface Rendered {
  readonly text: string;
  readonly explanations: readonly Explanation[];
}

const WIDTH = 118;

/** Lines as YAML, each reason as a comment above its line, or behind it where there is room. */
export function render(lines: readonly Line[], head: readonly string[]): Rendered {
  const out: string[] = head.flatMap((text) => comment(text, ''));
  const explanations: Explanation[] = [];
  for (const each of lines) {
    if (each.open && out.at(-1) !== '' && explanations.length > 0) out.push('');
    renderLine(each, '', '', out, explanations);
  }
  return { text: `${out.join('\n')}\n`, explanations };
}

function renderLine(
  each: Line,
  indent: string,
  path: string,
  out: string[],
  explanations: Explanation[],
): void {
  const here = path === '' ? each.key : `${path}.${each.key}`;
  const written = each.open ? '' : ` ${toYaml(each.value as Json)}`;
  const text = `${indent}${key(each.key)}:${written}`;
  const { why } = each;
  if (why === undefined) out.push(text);
  else {
    explanations.push({ path: here, ...why });
    const said = describe(why);
    const beside = `${text}  # ${said}`;
    if (!each.open && beside.length <= WIDTH) out.push(beside);
    else out.push(...comment(said, indent), text);
  }
  if (!each.open) return;
  (each.value as readonly Line[]).forEach((below, index) => {
    if (here === 'stages' && index > 0) out.push('');
    renderLine(below, `${indent}  `, here, out, explanations);
  });
}

/** `It is so. (package.json:7; certain)` */
function describe({ reason, evidence, confidence }: Reason): string {
  return `${printable(reason)} (${[...evidence.map(formatEvidence), confidence].join('; ')})`;
}

export function formatEvidence({ file, line }: Evidence): string {
  return printable(line === undefined ? file : `${file}:${line}`);
}

const MAX_COMMENT = 600;

/** Broken where it is wider than a page. */
function comment(text: string, indent: string): string[] {
  const lines: string[] = [];
  let open = '';
  for (const word of printable(text).slice(0, MAX_COMMENT).split(' ')) {
    if (open !== '' && indent.length + open.length + word.length + 3 > WIDTH) {
      lines.push(open);
      open = word;
    } else open = open === '' ? word : `${open} ${word}`;
  }
  return [...lines, open].map((each) => `${indent}# ${each}`.trimEnd());
}

// C0, DEL and C1, line and paragraph separators, bidirectional marks, the byte order mark, what is no character.
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these must neither end a comment nor reach a terminal
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g;

/** Text of strangers on one line, every character of it one that is seen. */
function printable(text: string): string {
  return text.toWellFormed().replace(UNPRINTABLE, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const BARE_KEY = /^[A-Za-z][\w-]*$/;
const BARE_WORD = /^(--?[A-Za-z][\w./=-]*|[A-Za-z./][\w./-]*|\d+[smhd])$/;
/** What YAML, in one version or another, takes for something else than a text. */
const AMBIGUOUS = /^(true|false|null|yes|no|on|off|y|n|nan|inf|\.nan|\.inf|\.+)$/i;

function key(text: string): string {
  return BARE_KEY.test(text) && !AMBIGUOUS.test(text) ? text : quote(text);
}

/** On one line, in the flow style; texts bare where nothing can be mistaken. */
function toYaml(value: Json): string {
  if (typeof value === 'string')
    return BARE_WORD.test(value) && !AMBIGUOUS.test(value) ? value : quote(value);
  if (Array.isArray(value)) return `[${value.map(toYaml).join(', ')}]`;
  if (isJsonObject(value)) {
    const members = Object.entries(value).map(([name, each]) => `${key(name)}: ${toYaml(each)}`);
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
  }
  return JSON.stringify(value);
}

/** Double quotes of YAML take all escapes of JSON. */
function quote(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(UNPRINTABLE, escapeCharacter);
}
