/** The way from the root to a value, last key first; undefined is the root itself. */
export interface Path {
  readonly parent: Path | undefined;
  readonly key: string | number;
}

const PLAIN_KEY = /^[A-Za-z_$][\w$-]*$/;

/** As people write it: `stages.build.steps.unit.needs[0]`; keys of another form as `["a b"]`. */
export function formatPath(path: Path | undefined): string {
  const keys: (string | number)[] = [];
  for (let at = path; at !== undefined; at = at.parent) keys.push(at.key);
  return keys.reverse().reduce<string>((text, key) => text + formatKey(key, text === ''), '');
}

function formatKey(key: string | number, first: boolean): string {
  if (typeof key === 'number') return `[${key}]`;
  if (!PLAIN_KEY.test(key)) return `[${quote(key)}]`;
  return first ? shorten(key) : `.${shorten(key)}`;
}

/** In double quotes, at most 80 characters of it. */
export function quote(text: string): string {
  return JSON.stringify(shorten(text));
}

/** At most 80 characters, for messages. */
export function shorten(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79).toWellFormed()}…`;
}
