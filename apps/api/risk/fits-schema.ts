import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ValidateBy, type ValidationArguments } from 'class-validator';
import { isPrintable, type Json, type JsonObject } from '#domain/json.js';
import { compileSchemaOnce, type SchemaProblem } from '#domain/validation/json-schema.js';
import { Optional } from '../http/optional.js';

interface Options {
  readonly description: string;
  readonly optional?: boolean;
  /** Beyond what the schema says: why it does not fit. */
  readonly check?: (value: never) => string | undefined;
}

/** A part of a body that is checked, and described, by a JSON Schema. */
export function FitsSchema(
  schema: object,
  { description, optional = false, check }: Options,
): PropertyDecorator {
  const explain = (value: unknown): string | undefined => {
    const [problem] = findProblems(schema as JsonObject, value);
    if (problem !== undefined) return tell(problem);
    if (!isPrintable(value as Json)) return 'holds a NUL character or half of a surrogate pair';
    return check?.(value as never);
  };
  return applyDecorators(
    ApiProperty({ ...describable(schema), selfRequired: !optional, description } as never),
    ...(optional ? [Optional()] : []),
    // As sent: the transformer drops keys such as `prototype`.
    Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => obj[key]),
    ValidateBy({
      name: 'schema',
      validator: {
        validate: (value: unknown) => explain(value) === undefined,
        defaultMessage: (given?: ValidationArguments) => explain(given?.value) ?? '',
      },
    }),
  );
}

/** OpenAPI 3.0 has no word for rules on the names of properties. */
function describable(schema: object): object {
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) => (key === 'propertyNames' ? undefined : value)),
  );
}

function findProblems(schema: JsonObject, value: unknown): readonly SchemaProblem[] {
  const compiled = compileSchemaOnce(schema);
  if (!compiled.ok) throw new Error('the schema of a body is not valid');
  // JSON can write more than a number holds, as 1e999; no schema takes that.
  return value === undefined
    ? [{ path: [], message: 'is missing', keyword: '', schemaPath: [] }]
    : compiled.check(value as Json);
}

function tell({ path, message, key }: SchemaProblem): string {
  const place = [...path, ...(key === undefined ? [] : [key])].join('.');
  return `${place === '' ? '' : `at ${place} `}${message}`.slice(0, 500);
}
