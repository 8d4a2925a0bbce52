import type { Json } from '../../../json.js';
import { JqError } from './error.js';

/** Where a value stands in the input; undefined where nobody asks, `NOWHERE` for one that was computed. */
export type Path = Step | undefined;

interface Step {
  readonly outer: Path;
  readonly key: Json;
}

export const ROOT: Path = { outer: undefined, key: null };
const NOWHERE: Path = { outer: undefined, key: null };

export type Emit = (value: Json, path: Path) => void;

/** The place of a value that was computed. */
export function computed(path: Path): Path {
  return path === undefined ? undefined : NOWHERE;
}

export function requirePlace(path: Path, value: Json, key: Json): void {
  if (path !== NOWHERE) return;
  const tried = key === null ? 'iterate through' : `access element ${JSON.stringify(key)} of`;
  throw new JqError(`Invalid path expression near attempt to ${tried} ${JSON.stringify(value).slice(0, 30)}`);
}

export function toKeys(path: Path, output: Json): Json[] {
  if (path === NOWHERE)
    throw new JqError(`Invalid path expression with result ${JSON.stringify(output).slice(0, 30)}`);
  const keys: Json[] = [];
  for (let at = path; at !== undefined && at !== ROOT; at = at.outer) keys.push(at.key);
  return keys.reverse();
}
