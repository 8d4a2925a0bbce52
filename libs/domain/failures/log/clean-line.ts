/** A line without what runners and tools put before and around the message. */
export interface CleanLine {
  readonly number: number;
  /** As it stands in the log, without terminal sequences and control characters. */
  readonly shown: string;
  /** Also without time stamps and the marks of a runner. */
  readonly text: string;
  readonly lower: string;
  /** How the runner or a logger marked it. */
  readonly mark: Mark;
}

type Mark = 'none' | 'error' | 'warning' | 'quiet' | 'command' | 'group' | 'group-end';

/** Characters that the rules look at. */
const MAX_TEXT_LENGTH = 2_000;

const ESCAPE = String.fromCharCode(27);
const BELL = String.fromCharCode(7);

/** Sequences of terminals (ECMA-48). */
const TERMINAL = new RegExp(
  `${ESCAPE}(?:\\[[0-9;:?<=>]{0,40}[ -/]{0,4}[@-~]|\\][^${BELL}${ESCAPE}]{0,400}(?:${BELL}|${ESCAPE}\\\\)?|[@-Z\\\\^_])`,
  'g',
);
const CONTROL = /(?!\t)\p{Cc}/gu;

/** Without terminal sequences and control characters; of a line that overwrites itself, the last state. */
export function stripControls(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\r') end -= 1;
  const plain = line.slice(0, end).replace(TERMINAL, '');
  return plain.slice(plain.lastIndexOf('\r') + 1).replace(CONTROL, '');
}

/** Time stamps of runners, loggers and kubectl, bracketed or bare. */
const STAMPS = [
  /^\ufeff/,
  /^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z| ?[+-]\d\d:?\d\d)?\]? ?/,
  // GitLab's: stream and number of the part.
  /^\d\d[OE][ +]?(?=\S| )/,
  /^\[\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\] ?/,
  /^\d\d:\d\d:\d\d(?:[.,]\d{1,9})? (?:\| )?/,
  // BuildKit's: number of the step, seconds.
  /^#\d{1,4} \d{1,5}\.\d{1,3} /,
];

const MARKS: readonly (readonly [RegExp, Mark])[] = [
  [/^(?:##\[error\]|::error(?: [^:]{0,400})?::|##vso\[task\.logissue type=error[^\]]{0,200}\])/, 'error'],
  [
    /^(?:##\[warning\]|::warning(?: [^:]{0,400})?::|##vso\[task\.logissue type=warning[^\]]{0,200}\])/,
    'warning',
  ],
  [/^(?:##\[(?:debug|notice|section)\]|::(?:debug|notice)(?: [^:]{0,400})?::)/, 'quiet'],
  [/^(?:##\[(?:start|end)-action\b|##\[add-matcher\])/, 'quiet'],
  [/^(?:##\[group\]|::group::)/, 'group'],
  [/^(?:##\[endgroup\]|::endgroup::)/, 'group-end'],
  [/^(?:\[command\]|##\[command\])/, 'command'],
  // Echoes of a shell (`set -x`, GitLab), of GitHub (cyan) and of npm.
  [/^\+{1,6} (?=\S)/, 'command'],
  [/^\$ (?=\S)/, 'command'],
];

const MAY_BE_STAMPED = /^[\ufeff[#\d]/;
/** The columns that `gh run view --log` puts first. */
const COLUMNS = /^[^\t]{1,200}\t[^\t]{1,200}\t\ufeff?(?=\d{4}-\d\d-\d\dT)/;
const MAY_BE_MARKED = /^[#:[+$]/;
/** GitHub shows the script of a step in this colour. */
const CYAN = new RegExp(`^(?:\\S{20,40} )?${ESCAPE}\\[36;1m`);

/** @param controls whether the line holds control characters; false saves the search for them */
export function cleanLine(number: number, raw: string, controls = true): CleanLine {
  const shown = controls ? stripControls(raw) : raw;
  const stamped = shown.length > MAX_TEXT_LENGTH ? shown.slice(0, MAX_TEXT_LENGTH) : shown;
  const { mark, text } = readMark(stripStamps(stamped));
  return {
    number,
    shown,
    text,
    lower: text.toLowerCase(),
    mark: mark === 'none' && controls && CYAN.test(raw) ? 'command' : mark,
  };
}

function stripStamps(line: string): string {
  let text = line.includes('\t') ? line.replace(COLUMNS, '') : line;
  if (!MAY_BE_STAMPED.test(text)) return text;
  for (const stamp of STAMPS) text = text.replace(stamp, '');
  return text;
}

function readMark(text: string): { readonly mark: Mark; readonly text: string } {
  if (!MAY_BE_MARKED.test(text)) return { mark: 'none', text };
  for (const [prefix, mark] of MARKS) {
    const found = prefix.exec(text);
    if (found !== null) return { mark, text: text.slice(found[0].length) };
  }
  return { mark: 'none', text };
}
