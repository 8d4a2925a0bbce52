import { checkInputs, type InputError, WHOLE_INPUT } from '../definition/check-inputs.js';
import type { JsonObject } from '../json.js';

type KnownInputs =
  | { readonly inputs: JsonObject; readonly missing: readonly string[]; readonly errors?: undefined }
  | { readonly errors: readonly InputError[] };

/** Inputs that are given or have a default; the others, which are `missing`, are not known yet. */
export function fillKnownInputs(
  schemas: Readonly<Record<string, JsonObject>>,
  given: JsonObject,
): KnownInputs {
  const whole = Object.hasOwn(schemas, WHOLE_INPUT);
  const isKnown = (name: string) => Object.hasOwn(given, name) || Object.hasOwn(schemas[name]!, 'default');
  const known = Object.entries(schemas).filter(([name]) => whole || isKnown(name));
  const missing = Object.keys(schemas).filter((name) => !whole && !isKnown(name));
  const checked = checkInputs(Object.fromEntries(known), given);
  return checked.errors === undefined ? { inputs: checked.inputs, missing } : { errors: checked.errors };
}
