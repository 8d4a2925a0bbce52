import { readFile } from 'node:fs/promises';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.js';
import type { Console } from '../console.js';
import { usageError } from './usage-error.js';

/** Where the inputs of a run come from: a JSON file (or `-`), and over it `name=value` pairs. */
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
  return Object.fromEntries([
    ...Object.entries(fromFile),
    ...sources.pairs.map((pair) => parsePair(pair, option)),
  ]);
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
  let value: Json;
  try {
    value = JSON.parse(file === '-' ? await console.readStdin() : await readFile(file, 'utf8')) as Json;
  } catch (error) {
    throw usageError(
      `The inputs cannot be read from ${place}: ${(error as Error).message}`,
      'Name a file that holds one JSON object, for example {"ref": "main"}.',
    );
  }
  if (!isJsonObject(value)) {
    throw usageError(
      `The inputs in ${place} are not a JSON object.`,
      'Write one object with a member per input, for example {"ref": "main"}.',
    );
  }
  return value;
}
