import { createModelError } from './model-error.js';

/** Numbers as base64 of their bytes, little-endian: short, exact, and no matter for a type checker. */
export function writeFloats(values: readonly number[]): string {
  const bytes = new DataView(new ArrayBuffer(4 * values.length));
  for (const [at, value] of values.entries()) bytes.setFloat32(4 * at, value, true);
  return toText(new Uint8Array(bytes.buffer));
}

export function writeBytes(values: readonly number[]): string {
  return toText(Uint8Array.from(values));
}

/** Throws unless it is exactly `count` finite numbers. */
export function readFloats(text: unknown, count: number, what: string): number[] {
  const bytes = toBytes(text, 4 * count, what);
  const view = new DataView(bytes.buffer);
  const values = Array.from({ length: count }, (_, at) => view.getFloat32(4 * at, true));
  if (!values.every(Number.isFinite)) throw createModelError(`The model's ${what} hold what is no number.`);
  return values;
}

export function readBytes(text: unknown, count: number | undefined, what: string): number[] {
  return [...toBytes(text, count, what)];
}

export function readFinite(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw createModelError('A number in the model is none.');
}

const CHUNK = 8_192;

function toText(bytes: Uint8Array): string {
  let characters = '';
  for (let start = 0; start < bytes.length; start += CHUNK)
    characters += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  return btoa(characters);
}

function toBytes(text: unknown, length: number | undefined, what: string): Uint8Array {
  let characters: string | undefined;
  try {
    characters = typeof text === 'string' ? atob(text) : undefined;
  } catch {
    // Said below.
  }
  if (characters === undefined || (length !== undefined && characters.length !== length))
    throw createModelError(`The model's ${what} are not ${length ?? 'some'} bytes in base64.`);
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}
