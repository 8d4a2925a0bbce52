import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { SluiceError } from '#domain/errors.js';
import { BoundedCache } from '#domain/expressions/dialects/bounded-cache.js';
import type { Json, JsonObject } from '#domain/json.js';
import { canonicalJson } from '#domain/plan/canonical-json.js';
import {
  type CompiledSchema,
  createSchemaCompiler,
  type SchemaProblem,
} from '#domain/validation/json-schema.js';

/** Characters of schemas whose compiled form is kept. */
const CACHED_LENGTH = 1024 * 1024;
const MAX_PROBLEMS = 5;
const MAX_PROBLEM_LENGTH = 300;

/** Schemas come by value with each attempt, so they are known by their text. */
const compiled = new BoundedCache<CompiledSchema>(CACHED_LENGTH);

/** Throws SluiceError `output-invalid` where the output does not fit the schema that its step declares. */
export function checkOutput(schema: JsonObject, output: Json): void {
  const text = canonicalJson(schema);
  const known = compiled.resolve(text, text.length, () => createSchemaCompiler()(schema));
  if (!known.ok) {
    throw createOutputInvalid(
      `The schema in \`output\` is not valid: ${describeAll(known.problems, 'output')}.`,
      'Correct the schema.',
    );
  }
  const problems = known.check(output);
  if (problems.length === 0) return;
  throw createOutputInvalid(
    `The output does not fit its schema: ${describeAll(problems, 'output')}.`,
    'Change what the action puts out, or the schema in `output` of the step.',
  );
}

function describeAll(problems: readonly SchemaProblem[], root: string): string {
  const shown = problems.slice(0, MAX_PROBLEMS).map(({ path, message }) => {
    const text = `${root}${path.map(showKey).join('')} ${message}`;
    return text.length <= MAX_PROBLEM_LENGTH ? text : `${text.slice(0, MAX_PROBLEM_LENGTH).toWellFormed()}…`;
  });
  const more = problems.length - shown.length;
  return shown.join('; ') + (more === 0 ? '' : `; and ${more} more`);
}

function showKey(key: string): string {
  if (/^\d+$/.test(key)) return `[${key}]`;
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function createOutputInvalid(message: string, hint: string): SluiceError {
  return createActionFailure({
    code: 'output-invalid',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message,
    hint,
  });
}
