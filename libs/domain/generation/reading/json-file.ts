import { isJsonObject, type Json, type JsonObject } from '../../json.js';
import type { Evidence } from '../facts.js';
import { lineAt, type Repository } from '../repository.js';

/** The map that a file of JSON holds; undefined where it is broken or something else. Comments are taken as absent. */
export function readJsonFile(repository: Repository, file: string): JsonObject | undefined {
  const text = repository.text(file);
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text.replace(/^\uFEFF/, '')) as Json;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Where a member stands, found by its keys from the outside in. */
export function placeOfKey(repository: Repository, file: string, ...keys: readonly string[]): Evidence {
  const text = repository.text(file) ?? '';
  let at = 0;
  for (const key of keys) {
    const quoted = JSON.stringify(key);
    let next = text.indexOf(quoted, at);
    while (next >= 0 && !/^\s*:/.test(text.slice(next + quoted.length, next + quoted.length + 20))) {
      next = text.indexOf(quoted, next + 1);
    }
    if (next < 0) return { file };
    at = next + 1;
  }
  return { file, line: lineAt(text, at) };
}

/** The members of a map that are texts. */
export function textsOf(value: Json | undefined): Readonly<Record<string, string>> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** The elements of a list that are texts. */
export function textList(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}
