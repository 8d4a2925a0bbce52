/** Shorter values occur in ordinary text: hiding them would only garble it. */
export const MIN_LENGTH = 4;
/** A part of a longer secret (a line of a private key) is hidden by itself, for logs come line by line. */
const MIN_PART_LENGTH = 8;
/** Columns after which programs break base64: PEM and OpenSSL, MIME and coreutils. */
const BASE64_COLUMNS = [64, 76];

/** The texts by which programs print a secret: as it is, its lines, and their encodings. */
export function listForms(secret: string): string[] {
  const lines = secret.split(/\r?\n/);
  const values = [secret, secret.trim()];
  if (lines.length > 1) {
    values.push(...lines.map((line) => line.trim()).filter((line) => line.length >= MIN_PART_LENGTH));
  }
  const forms = new Set(
    [...new Set(values)].filter((value) => value.length >= MIN_LENGTH).flatMap(listEncodings),
  );
  return [...forms].filter((form) => form.length >= MIN_LENGTH);
}

function listEncodings(value: string): string[] {
  const json = listJson(value);
  const escaped = json.find((form) => form !== value);
  const within = escaped === undefined ? [] : listAround(escaped);
  return [value, ...json, ...listQuoted(value), ...listAround(value), ...within];
}

/** What is done to whole documents, and so to what stands in them: to JSON, too. */
function listAround(text: string): string[] {
  return [...listJson(text), ...listUrl(text), ...listBase64(text)];
}

/** Inside of strings of JSON: as little escaped as may be, with what HTML would read, and with all but ASCII. */
function listJson(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const forHtml = json.replace(/[<>&\u2028\u2029]/g, escapeUnit);
  const ascii = json.replace(/[\u007f-\uffff]/g, escapeUnit);
  return [json, json.replaceAll('/', '\\/'), forHtml, ascii];
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Percent-encoded (RFC 3986): as scripts in pages do it, strictly, of whole paths and of forms, in capitals and not. */
function listUrl(value: string): string[] {
  // `encodeURIComponent` throws on half a surrogate pair.
  const loose = encodeURIComponent(value.toWellFormed());
  const strict = loose.replace(/[!'()*]/g, encodeCharacter);
  const form = loose.replace(/[!'()~]/g, encodeCharacter);
  const forms = [loose, strict, form].flatMap((text) => [
    text,
    text.replaceAll('%20', '+'),
    text.replaceAll('%2F', '/'),
  ]);
  return forms.flatMap((text) => [text, text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]);
}

function encodeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** As XML escapes it, and as shells show it that trace what they do. */
function listQuoted(value: string): string[] {
  const xml = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return [
    xml,
    xml.replaceAll('"', '&quot;').replaceAll("'", '&apos;'),
    xml.replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
    value.replaceAll("'", "'\\''"),
    value.replaceAll("'", `'"'"'`),
  ];
}

/** Base64 (RFC 4648) of the value alone, broken into lines or not, and inside something longer, at each of three alignments. */
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
  const broken = BASE64_COLUMNS.flatMap((columns) => breakLines(inner[0] ?? '', columns));
  const forms = [whole, ...[...inner, ...broken].filter((form) => form.length >= MIN_PART_LENGTH)];
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

function breakLines(text: string, columns: number): string[] {
  if (text.length <= columns) return [];
  return Array.from({ length: Math.ceil(text.length / columns) }, (_, line) =>
    text.slice(line * columns, (line + 1) * columns),
  );
}
