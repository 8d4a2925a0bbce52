import type { InputValue } from '#contracts/cicd/execution.js';
import type { Json } from '#domain/json.js';
import type { Declared, DeclaredInput } from './inputs.js';

interface Variable {
  readonly key: string;
  readonly value: string;
}

/** What a pipeline is started with, by the two ways in which GitLab takes it. */
export interface Assignment {
  readonly inputs: Readonly<Record<string, Json>>;
  readonly variables: readonly Variable[];
  /** Why it would be refused; empty where it is fit. */
  readonly problems: readonly string[];
}

/** What GitLab takes as the name of a variable. */
const VARIABLE_NAME = /^[A-Za-z0-9_]{1,255}$/;

/** Each value goes where it is declared; what is declared nowhere is a variable, for GitLab takes any. */
export function assignInputs(declared: Declared, values: Readonly<Record<string, InputValue>>): Assignment {
  const known = new Map(declared.inputs.map((input) => [input.name, input]));
  const inputs = new Map<string, Json>();
  const variables: Variable[] = [];
  const problems = declared.inputs
    .filter(({ name, required }) => required && !Object.hasOwn(values, name))
    .map(({ name }) => `${shown(name)} is missing`);
  for (const [name, value] of Object.entries(values)) {
    const input = known.get(name);
    if (input !== undefined) {
      const converted = convert(input, value);
      if ('problem' in converted) problems.push(`${shown(name)} ${converted.problem}`);
      else if (input.as === 'input') inputs.set(name, converted.value);
      else variables.push({ key: name, value: String(converted.value) });
    } else if (VARIABLE_NAME.test(name)) variables.push({ key: name, value: String(value) });
    else if (declared.isWhole) problems.push(`${shown(name)} is not declared, and no name of a variable`);
    else inputs.set(name, value);
  }
  return { inputs: Object.fromEntries(inputs), variables, problems };
}

type Converted = { readonly value: Json } | { readonly problem: string };

/** A value as its type wants it: `"3"` is a number where a number is wanted. */
function convert({ type, choices, isList }: DeclaredInput, value: InputValue): Converted {
  const text = String(value);
  if (choices !== undefined && !choices.includes(text))
    return { problem: `is none of ${choices.slice(0, 20).map(shown).join(', ')}` };
  if (isList) return convertList(text);
  if (type === 'number') {
    const number = text.trim() === '' ? Number.NaN : Number(text);
    return Number.isFinite(number) && typeof value !== 'boolean'
      ? { value: number }
      : { problem: 'is not a number' };
  }
  if (type === 'boolean')
    return text === 'true' || text === 'false'
      ? { value: text === 'true' }
      : { problem: 'is neither true nor false' };
  return { value: text };
}

function convertList(text: string): Converted {
  try {
    const value = JSON.parse(text) as Json;
    if (Array.isArray(value)) return { value };
  } catch {
    // Told of below.
  }
  return { problem: 'is not a list in JSON' };
}

function shown(name: string): string {
  return name.slice(0, 80).toWellFormed();
}
