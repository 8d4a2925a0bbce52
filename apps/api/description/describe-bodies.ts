import type { INestApplication } from '@nestjs/common';
import { METHOD_METADATA, PARAMTYPES_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import {
  type BodyClass,
  type Keywords,
  readValidatedProperties,
  type ValidatedProperty,
} from './validated-properties.js';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
type Schema = Exclude<Schemas[string], { readonly $ref: string }>;
type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** As Nest numbers what a handler takes. */
const BODY = '3';
const QUERY = '4';
/** Where @nestjs/swagger keeps what @ApiProperty was told. */
const PROPERTY_METADATA = 'swagger/apiModelProperties';

/** A class by which the body or the query of an operation is checked. */
interface Checked {
  readonly operationId: string;
  readonly place: typeof BODY | typeof QUERY;
  readonly type: BodyClass;
}

/**
 * Completes the description of bodies and queries by what the validation asks of them, so that both say the same: types,
 * limits, patterns, that other properties are refused, and that a body without which nothing is missing may be absent.
 */
export function describeBodies(
  app: INestApplication,
  document: OpenAPIObject,
  nameOperation: (controller: string, method: string) => string,
): void {
  const schemas = document.components?.schemas ?? {};
  const operations = new Map(
    Object.values(document.paths).flatMap((path) =>
      Object.values(path as Record<string, Operation>).map((operation) => [operation.operationId, operation]),
    ),
  );
  const described = new Set<BodyClass>();
  for (const { operationId, place, type } of listChecked(app, nameOperation)) {
    const operation = operations.get(operationId);
    if (operation === undefined) continue;
    if (place === QUERY) describeQuery(operation, type);
    else {
      describeClass(schemas, type, described);
      relaxBody(operation, schemas[type.name]);
    }
  }
  const checked = new Set([...described].map(({ name }) => name));
  for (const [name, schema] of Object.entries(schemas)) {
    if (checked.has(name) || '$ref' in schema) continue;
    for (const property of Object.values(schema.properties ?? {})) allowAny(property as Schema);
  }
}

function* listChecked(
  app: INestApplication,
  nameOperation: (controller: string, method: string) => string,
): Iterable<Checked> {
  const scanner = new MetadataScanner();
  for (const module of app.get(ModulesContainer).values()) {
    for (const { metatype } of module.controllers.values()) {
      const controller = metatype as { readonly name: string; readonly prototype: Record<string, object> };
      for (const method of scanner.getAllMethodNames(controller.prototype)) {
        if (!Reflect.hasMetadata(METHOD_METADATA, controller.prototype[method]!)) continue;
        const types = Reflect.getMetadata(PARAMTYPES_METADATA, controller.prototype, method) as BodyClass[];
        const args: Record<string, { readonly index: number; readonly data?: unknown }> =
          Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {};
        for (const [key, { index, data }] of Object.entries(args)) {
          const [place] = key.split(':');
          const type = types[index]!;
          if (data !== undefined || type === Object || (place !== BODY && place !== QUERY)) continue;
          yield { operationId: nameOperation(controller.name, method), place, type };
        }
      }
    }
  }
}

function describeQuery({ parameters = [] }: Operation, type: BodyClass): void {
  const properties = readValidatedProperties(type);
  for (const parameter of parameters) {
    if ('$ref' in parameter || parameter.in !== 'query') continue;
    const known = properties.get(parameter.name);
    // What is one text in the address may be a list to the validation; its description says how.
    if (known !== undefined && Object.keys(known.items).length === 0) {
      complete(parameter.schema as Schema, known);
    }
  }
}

function describeClass(schemas: Schemas, type: BodyClass, described: Set<BodyClass>): void {
  const schema = schemas[type.name] as Schema | undefined;
  if (schema?.properties === undefined || described.has(type)) return;
  described.add(type);
  schema.additionalProperties ??= false;
  const properties = readValidatedProperties(type);
  for (const [name, property] of Object.entries(schema.properties)) {
    const nested = typeOf(type, name);
    if (nested !== undefined) describeClass(schemas, nested, described);
    complete(property as Schema, properties.get(name) ?? { own: {}, items: {}, typed: false });
  }
}

/** The class of the values of a property, or of their items. */
function typeOf({ prototype }: BodyClass, property: string): BodyClass | undefined {
  const told = Reflect.getMetadata(PROPERTY_METADATA, prototype, property)?.type;
  const type = [told].flat()[0];
  return typeof type === 'function' && !NATIVE.includes(type) ? (type as BodyClass) : undefined;
}

const NATIVE: readonly unknown[] = [String, Number, Boolean, Object, Array, Date];

/** What was written by hand stands, but for the type of numbers, which is guessed. */
function complete(schema: Schema, { own, items, typed }: ValidatedProperty): void {
  if ('$ref' in schema || schema.oneOf !== undefined || schema.allOf !== undefined) return;
  if (!typed) allowAny(schema);
  assign(schema, own);
  if (schema.items !== undefined && !('$ref' in schema.items)) assign(schema.items, items);
}

/** `type: Object` alone stands for any JSON. */
function allowAny(schema: Schema): void {
  const { type, properties, additionalProperties } = schema;
  if (type === 'object' && properties === undefined && additionalProperties === undefined) delete schema.type;
}

function assign(schema: Schema, { type, ...keywords }: Keywords): void {
  if (type !== undefined && (schema.type === undefined || schema.type === 'number')) {
    schema.type = type as NonNullable<Schema['type']>;
  }
  for (const [name, value] of Object.entries(keywords)) {
    if (!Object.hasOwn(schema, name)) Object.assign(schema, { [name]: value });
  }
}

function relaxBody({ requestBody }: Operation, schema: Schemas[string] | undefined): void {
  if (requestBody === undefined || '$ref' in requestBody || schema === undefined || '$ref' in schema) return;
  requestBody.required = (schema.required ?? []).length > 0;
}
