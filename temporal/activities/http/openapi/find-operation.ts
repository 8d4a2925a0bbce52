import { isJsonObject, type Json, type JsonObject } from '#domain/json.js';
import { createOpenapiFailure } from './openapi-failure.js';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie' | 'body' | 'formData';
  readonly required: boolean;
  /** Values of a list stand one by one, rather than joined by commas. */
  readonly explode: boolean;
  readonly fallback?: Json;
}

export interface Operation {
  readonly method: Uppercase<(typeof METHODS)[number]>;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Where requests go, without a slash at the end. */
  readonly server: string;
  /** Content type of the body, where the document names one. */
  readonly bodyType: string | undefined;
}

/** The operation of that id. References within the document are followed. */
export function findOperation(document: JsonObject, id: string, url: string): Operation {
  const paths = document['paths'] as JsonObject;
  for (const [path, written] of Object.entries(paths)) {
    const item = follow(document, written);
    if (!isJsonObject(item)) continue;
    for (const method of METHODS) {
      const operation = follow(document, item[method]);
      if (!isJsonObject(operation) || operation['operationId'] !== id) continue;
      return {
        method: method.toUpperCase() as Operation['method'],
        path,
        parameters: readParameters(document, [
          ...listOf(item['parameters']),
          ...listOf(operation['parameters']),
        ]),
        server: serverOf(document, item, operation, url),
        bodyType: bodyTypeOf(document, operation),
      };
    }
  }
  throw createOpenapiFailure(
    'openapi-operation-unknown',
    `The document has no operation \`${id.slice(0, 200)}\`.`,
  );
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** Those of the operation stand for those of the path with the same name and place. */
function readParameters(document: JsonObject, written: readonly Json[]): readonly Parameter[] {
  const byPlace = new Map<string, Parameter>();
  for (const one of written) {
    const parameter = follow(document, one);
    if (!isJsonObject(parameter)) continue;
    const { name, in: place, required } = parameter;
    const schema = isJsonObject(parameter['schema']) ? parameter['schema'] : parameter;
    const read: Parameter = {
      name: String(name),
      in: place as Parameter['in'],
      required: required === true || place === 'path',
      explode: explodes(parameter),
      ...(schema['default'] === undefined ? {} : { fallback: schema['default'] }),
    };
    byPlace.set(`${read.in} ${read.name}`, read);
  }
  return [...byPlace.values()];
}

function explodes({ explode, collectionFormat, in: place, style, schema }: JsonObject): boolean {
  if (typeof explode === 'boolean') return explode;
  if (collectionFormat !== undefined) return collectionFormat === 'multi';
  return schema !== undefined && place === 'query' && (style === undefined || style === 'form');
}

function serverOf(document: JsonObject, item: JsonObject, operation: JsonObject, url: string): string {
  const servers = [operation, item, document]
    .map((owner) => listOf(owner['servers']))
    .find((list) => list.length > 0);
  if (servers !== undefined && isJsonObject(servers[0])) return resolveServer(servers[0], url);
  const { host, basePath, schemes } = document;
  const base = new URL(url);
  const known = listOf(schemes).map(String);
  // The document's own scheme where it may be used; else the safer one.
  const scheme =
    known.length === 0 || known.includes(base.protocol.slice(0, -1))
      ? base.protocol.slice(0, -1)
      : known.includes('https')
        ? 'https'
        : known[0]!;
  const path = typeof basePath === 'string' ? basePath : '';
  return `${scheme}://${typeof host === 'string' ? host : base.host}${path}`.replace(/\/+$/, '');
}

function resolveServer(server: JsonObject, url: string): string {
  const variables = isJsonObject(server['variables']) ? server['variables'] : {};
  const filled = String(server['url'] ?? '/').replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
    return isJsonObject(variable) && variable['default'] !== undefined ? String(variable['default']) : whole;
  });
  return (URL.canParse(filled, url) ? new URL(filled, url).href : filled).replace(/\/+$/, '');
}

function bodyTypeOf(document: JsonObject, operation: JsonObject): string | undefined {
  const body = follow(document, operation['requestBody']);
  const types =
    isJsonObject(body) && isJsonObject(body['content'])
      ? Object.keys(body['content'])
      : listOf(operation['consumes'] ?? document['consumes']).map(String);
  return types.find((type) => /json/.test(type)) ?? types[0];
}

/** What a reference leads to, within the document. */
function follow(document: JsonObject, value: Json | undefined): Json | undefined {
  let current = value;
  for (let steps = 0; steps < 20; steps++) {
    if (!isJsonObject(current) || typeof current['$ref'] !== 'string') return current;
    const reference = current['$ref'];
    if (!reference.startsWith('#/')) return undefined;
    current = reference
      .slice(2)
      .split('/')
      .reduce<Json | undefined>((at, key) => {
        const name = key.replaceAll('~1', '/').replaceAll('~0', '~');
        return isJsonObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
      }, document);
  }
  return undefined;
}
