import { isScalar, type Spot } from '../../../definition/tree.js';
import type { Conversion } from '../conversion.js';
import { textOf } from '../keys.js';

const INTERPRETERS: Readonly<Record<string, readonly string[]>> = {
  python: ['python3', '-c'],
  python3: ['python3', '-c'],
  node: ['node', '-e'],
  nodejs: ['node', '-e'],
  javascript: ['node', '-e'],
  js: ['node', '-e'],
  ruby: ['ruby', '-e'],
  perl: ['perl', '-e'],
  bash: ['bash', '-c'],
  sh: ['sh', '-c'],
  shell: ['sh', '-c'],
  zsh: ['zsh', '-c'],
};

const UNNAMED: readonly string[] = ['sh', '-c'];

/** What `shell` says where it names none: whether there is one. */
const NO_NAMES: readonly string[] = ['', 'true', 'false', 'yes', 'no', 'default'];

interface Interpreter {
  /** What a line is given to. */
  readonly argv: readonly string[];
  /** Whether the document names it. */
  readonly named: boolean;
}

/** By `language` or `shell`; `sh` where neither says one. Refuses others that are not known. */
export function readInterpreter(
  language: Spot | undefined,
  shell: Spot | undefined,
  conversion: Conversion,
): Interpreter | undefined {
  const spot = language ?? shell;
  if (spot === undefined) return { argv: UNNAMED, named: false };
  const word = wordOf(spot);
  if (Object.hasOwn(INTERPRETERS, word)) return { argv: INTERPRETERS[word]!, named: true };
  if (language === undefined && NO_NAMES.includes(word)) return { argv: UNNAMED, named: false };
  if (language === undefined && conversion.mayLeaveOut('shell')) {
    conversion.note('left-out', spot, 'This shell is not known: sh runs the line.');
    return { argv: UNNAMED, named: false };
  }
  conversion.refuse(
    'steps-value-unknown',
    spot,
    language === undefined ? 'This shell is not known.' : 'This interpreter is not known.',
    `Write one of ${Object.keys(INTERPRETERS).join(', ')}, or the program and its arguments as a list.`,
  );
  return undefined;
}

function wordOf(spot: Spot): string {
  const text = isScalar(spot) ? (textOf(spot) ?? '') : '?';
  return text.toLowerCase().replace(/^(\/[\w./-]+\/)?(env )?/, '');
}
