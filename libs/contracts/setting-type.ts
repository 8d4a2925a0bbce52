import { parseDuration } from '#domain/definition/duration.js';

/** What the text of a setting may be; a setting without a type is any text. */
export type SettingType =
  | { readonly kind: 'whole'; readonly min: number; readonly max: number }
  | { readonly kind: 'duration' }
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  /** Texts between commas; of `values` only, where they are given, and then at least one. */
  | { readonly kind: 'list'; readonly values?: readonly string[] }
  | { readonly kind: 'url' }
  /** Its default, where it has one, is words about where it lies. */
  | { readonly kind: 'folder' }
  | { readonly kind: 'text'; readonly pattern: RegExp; readonly form: string };

type ParsedSetting =
  | { readonly ok: true; readonly value: unknown }
  /** What the value must be, without the value: an address may hold a password. */
  | { readonly ok: false; readonly must: string };

/** As the type of the setting reads it. Whole numbers and durations (in milliseconds) come out as numbers. */
export function parseSetting(type: SettingType | undefined, text: string): ParsedSetting {
  switch (type?.kind) {
    case undefined:
    case 'folder':
      return accept(text);
    case 'whole':
      return demand(type, /^\d{1,15}$/.test(text) && isBetween(Number(text), type), Number(text));
    case 'duration':
      return demand(type, parseDuration(text) !== undefined, parseDuration(text));
    case 'switch':
      return demand(type, text === 'true' || text === 'false', text === 'true');
    case 'choice':
      return demand(type, type.values.includes(text), text);
    case 'list':
      return parseList(type, text);
    case 'url':
      return demand(type, isWebAddress(text), text);
    case 'text':
      return demand(type, type.pattern.test(text), text);
  }
}

/** What a value must be, as the end of a sentence; undefined where any text will do. */
export function describeType(type: SettingType | undefined): string | undefined {
  switch (type?.kind) {
    case undefined:
    case 'folder':
      return undefined;
    case 'whole':
      return `a whole number from ${type.min} to ${type.max}`;
    case 'duration':
      return 'a duration such as 30m, 1h or 7d';
    case 'switch':
      return 'true or false';
    case 'choice':
      return `one of ${type.values.join(', ')}`;
    case 'list':
      return type.values === undefined ? undefined : `some of ${type.values.join(', ')}`;
    case 'url':
      return 'an address of http or https';
    case 'text':
      return type.form;
  }
}

function parseList(type: Extract<SettingType, { kind: 'list' }>, text: string): ParsedSetting {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  const { values } = type;
  if (values === undefined) return accept(items);
  return demand(type, items.length > 0 && items.every((item) => values.includes(item)), items);
}

function isBetween(value: number, { min, max }: { readonly min: number; readonly max: number }): boolean {
  return value >= min && value <= max;
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\/[^\s]+$/i.test(text) && URL.canParse(text);
}

function demand(type: SettingType, met: boolean, value: unknown): ParsedSetting {
  return met ? accept(value) : { ok: false, must: `must be ${describeType(type)}` };
}

function accept(value: unknown): ParsedSetting {
  return { ok: true, value };
}
