/**
 * Text of strangers (names, messages, logs) made safe to print: colours are dropped, and every other control
 * character (C0, DEL, C1), line end and bidirectional override is shown instead of obeyed. Tabs stay.
 */
export function toPlainText(text: string): string {
  return text.replace(COLOUR, '').replace(UNSAFE, show);
}

/** The same for text of several lines: its line ends stay. */
export function toPlainLines(text: string): string[] {
  return text
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map(toPlainText);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach the terminal
const COLOUR = /\u001b\[[0-9;:]*m/g;

// C0 without tab, DEL and C1, line and paragraph separators, bidirectional marks, embeddings and isolates.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach the terminal
const UNSAFE = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const CONTROL_PICTURES = 0x2400;

function show(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x20
    ? String.fromCharCode(CONTROL_PICTURES + code)
    : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** JSON that no terminal obeys: `JSON.stringify` leaves DEL, C1 and the bidirectional marks as they are. */
export function toSafeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(UNSAFE, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
