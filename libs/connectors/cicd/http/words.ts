import type { SafeResponse } from '../../http/safe-client.js';

/** What of an answer of failure is looked at, and what of it is shown. */
export const EXCERPTED_BYTES = 16 * 1024;
const EXCERPT_LENGTH = 500;

/** `message` or `error` of a body of JSON, as most platforms put it; else the body, where it is plain text. */
export function readWords({ headers, body }: SafeResponse): string {
  const text = body.toString('utf8', 0, EXCERPTED_BYTES);
  if (isWebPage(headers, text)) return '';
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return text;
    const { message, error } = value as Record<string, unknown>;
    const words = message ?? error;
    if (words === undefined) return text;
    return typeof words === 'string' ? words : JSON.stringify(words);
  } catch {
    return text;
  }
}

export function isWebPage(headers: SafeResponse['headers'], text: string): boolean {
  return /html/i.test(headers['content-type'] ?? '') && /^\s*</.test(text);
}

/** In one line, without what terminals obey. Secrets are hidden before it is cut: half of one would be recognised nowhere. */
export function excerpt(text: string, hide: (text: string) => string): string {
  const plain = hide(text).replaceAll(SEQUENCES, '').replaceAll(/\s+/g, ' ').replaceAll(CONTROLS, '\ufffd');
  // Again: a secret may have had such a sequence in it.
  return hide(plain).trim().slice(0, EXCERPT_LENGTH).toWellFormed();
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what is looked for.
const SEQUENCES = /\u001b(\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(\u0007|\u001b\\)|[@-Z\\-_])/g;
/** Characters that show as nothing, turn text round, or are obeyed (Unicode categories Cc, Cf). */
const CONTROLS = /[\p{Cc}\p{Cf}]/gu;
