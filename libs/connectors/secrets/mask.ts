/** Hides secrets in text that people and stores will see. */
export interface Mask {
  /** From now on `secret` is hidden, as it is and in the encodings that programs print. */
  add(secret: string): void;
  /** `text` with every hidden value replaced by `***`. */
  apply(text: string): string;
}

/** Shorter values occur in ordinary text: hiding them would only garble it. */
const MIN_LENGTH = 4;
/** A line of a longer secret (a private key) is hidden by itself, for logs come line by line. */
const MIN_LINE_LENGTH = 8;

export function createMask(): Mask {
  const hidden = new Set<string>();
  let pattern: RegExp | undefined;
  return {
    add(secret) {
      for (const form of listForms(secret)) hidden.add(form);
      const longestFirst = [...hidden].sort((a, b) => b.length - a.length);
      pattern = hidden.size === 0 ? undefined : new RegExp(longestFirst.map(escapePattern).join('|'), 'g');
    },
    apply: (text) => (pattern ? text.replace(pattern, '***') : text),
  };
}

function listForms(secret: string): string[] {
  const lines = secret.split(/\r?\n/);
  const values = [secret, secret.trim()];
  if (lines.length > 1)
    values.push(...lines.map((line) => line.trim()).filter((line) => line.length >= MIN_LINE_LENGTH));
  return values.filter((value) => value.length >= MIN_LENGTH).flatMap(listEncodings);
}

function listEncodings(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const url = encodeUrl(value);
  const forms = [value, json, url, url.replace(/%20/g, '+'), ...listBase64(value)];
  return forms.filter((form) => form.length >= MIN_LENGTH);
}

/** `encodeURIComponent`, which throws on half a surrogate pair. */
function encodeUrl(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

/** Base64 (RFC 4648) of the value alone and of the value inside something longer, at each of three alignments. */
function listBase64(value: string): string[] {
  const bytes = Buffer.from(value);
  const whole = bytes.toString('base64').replace(/=+$/, '');
  const inner = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const certain = Math.floor(((shift + bytes.length) * 8) / 6);
    return text.slice(Math.ceil((shift * 8) / 6), certain);
  });
  const forms = [whole, ...inner.filter((form) => form.length >= MIN_LINE_LENGTH)];
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
