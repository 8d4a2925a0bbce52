import { readFile } from 'node:fs/promises';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.js';
import type { Console } from '../console.js';
import { usageError } from './usage-error.js';

/** A value of an option: JSON itself, or `@FILE` that holds it (`@-`: standard input). Throws SluiceError `usage`. */
export async function readJsonArgument(option: string, argument: string, console: Console): Promise<Json> {
  const file = argument.startsWith('@') ? argument.slice(1) : undefined;
  const place = file === undefined ? option : `${option} ${file === '-' ? 'standard input' : file}`;
  const text = file === undefined ? argument : await readText(place, file, console);
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw usageError(
      `${place} is not JSON: ${(error as Error).message}`,
      `Write JSON, for example ${option} '{"tag": "v2"}' (a text: '"v2"'), or name a file that holds it: ${option} @FILE`,
    );
  }
}

/** The same where only an object will do: what does not begin as one is the name of a file. */
export async function readObjectArgument(
  option: string,
  argument: string,
  console: Console,
): Promise<JsonObject> {
  const named = /^\s*\{/.test(argument) || argument.startsWith('@') ? argument : `@${argument}`;
  const value = await readJsonArgument(option, named, console);
  if (!isJsonObject(value)) {
    throw usageError(
      `${option} is not a JSON object.`,
      `Write one object, for example ${option} '{"tag": "v2"}'`,
    );
  }
  return value;
}

async function readText(place: string, file: string, console: Console): Promise<string> {
  try {
    return file === '-' ? await console.readStdin() : await readFile(file, 'utf8');
  } catch (error) {
    throw usageError(`${place} cannot be read: ${(error as Error).message}`, 'Name a file that holds JSON.');
  }
}
