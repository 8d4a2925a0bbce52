import { isJsonObject, type Json } from '#domain/json.js';

/** Limit of one object, and of all that the input of one step refers to, in bytes of JSON. */
export const MAX_OBJECT_BYTES = 50 * 1024 * 1024;

/** Stands in an output for a value that was too large, and is that value again in the input of an action. */
export interface ObjectReference {
  readonly $object: string;
  /** Bytes of the value as JSON. */
  readonly size: number;
  /** `sha256:` and the hex digest of these bytes. */
  readonly digest: string;
  /** The beginning of the value's JSON, or of the text where it is one. */
  readonly preview: string;
}

const KEYS = ['$object', 'digest', 'preview', 'size'];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** By its exact form: a value of a user's own with a key `$object` is no reference. */
export function isObjectReference(value: Json | undefined): value is Json & ObjectReference {
  if (!isJsonObject(value)) return false;
  const { $object: id, size, digest, preview } = value;
  return (
    typeof id === 'string' &&
    UUID.test(id) &&
    typeof digest === 'string' &&
    typeof preview === 'string' &&
    Number.isSafeInteger(size) &&
    Object.keys(value).sort().join() === KEYS.join()
  );
}
