import { readFile } from 'node:fs/promises';
import { parse } from '#domain/definition/parse.js';
import { toJson } from '#domain/definition/tree.js';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.js';
import type { Console } from '../console.js';
import { usageError } from './usage-error.js';

/** Where the inputs of a run come from: a file (or `-`), and over it files and `name=value` pairs in their order. */
export interface InputSources {
  readonly file?: string;
  readonly pairs: readonly string[];
}

/**
 * Inputs of a run. A value that is JSON is taken as JSON (`3`, `true`, `["a"]`, `"3"`), any other as text.
 * Throws SluiceError `usage`.
 */
export async function readRunInputs(
  sources: InputSources,
  console: Console,
  option = '--input',
): Promise<JsonObject> {
  const fromFile = sources.file === undefined ? {} : await readInputsFile(sources.file, console);
  // fromEntries defines properties: a name such as `__proto__` stays a name.
  const entries = Object.entries(fromFile);
  for (const pair of sources.pairs) {
    if (pair.includes('=') || option !== '--input') entries.push(parsePair(pair, option));
    else entries.push(...Object.entries(await readInputsFile(pair, console)));
  }
  return Object.fromEntries(entries);
}

function parsePair(pair: string, option: string): [string, Json] {
  const equals = pair.indexOf('=');
  if (equals < 1) {
    throw usageError(
      `${option} ${JSON.stringify(pair)} is not name=value.`,
      `Write for example: ${option} ref=main`,
    );
  }
  return [pair.slice(0, equals), parseValue(pair.slice(equals + 1))];
}

function parseValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

async function readInputsFile(file: string, console: Console): Promise<JsonObject> {
  const place = file === '-' ? 'standard input' : file;
  let text: string;
  try {
    text = file === '-' ? await console.readStdin() : await readFile(file, 'utf8');
  } catch (error) {
    throw usageError(
      `The inputs cannot be read from ${place}: ${(error as Error).message}`,
      'Write name=value, or name a file that holds one object, for example {"ref": "main"}.',
    );
  }
  const value = parseText(text, place);
  if (!isJsonObject(value)) {
    throw usageError(
      `The inputs in ${place} are not an object.`,
      'Write one object with a member per input, for example {"ref": "main"}.',
    );
  }
  return value;
}

/** JSON, or else YAML as definitions are written. */
function parseText(text: string, place: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    const { tree, findings } = parse(text);
    const [wrong] = findings;
    if (tree !== undefined && wrong === undefined) return toJson(tree.root);
    throw usageError(
      `The inputs in ${place} are neither JSON nor YAML: line ${wrong?.line}, column ${wrong?.column}: ${wrong?.message}`,
      'Name a file that holds one object, for example {"ref": "main"}.',
    );
  }
}
