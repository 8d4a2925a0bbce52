import type { HttpRequestInput } from '#contracts/catalogue/http-request.js';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.js';
import type { Operation, Parameter } from './find-operation.js';
import { createOpenapiFailure } from './openapi-failure.js';

type Request = Pick<HttpRequestInput, 'url' | 'method' | 'body'> & {
  readonly headers: Record<string, string>;
};

/** The request of an operation: each value where the document says; what it does not name goes into the body. */
export function buildRequest(operation: Operation, given: JsonObject, server = operation.server): Request {
  const values = new Map<Parameter, Json>();
  for (const parameter of operation.parameters) {
    const value = Object.hasOwn(given, parameter.name)
      ? given[parameter.name]!
      : (parameter.fallback ?? null);
    if (value !== null) values.set(parameter, value);
    else if (parameter.required) throw missing(parameter, operation);
  }
  const body = bodyOf(operation, values, given);
  const cookies = entriesIn(values, 'cookie').map(
    ([{ name }, value]) => `${name}=${encodeURIComponent(textOf(value))}`,
  );
  const form = entriesIn(values, 'formData').map(([{ name }, value]) => [name, textOf(value)] as const);
  return {
    url: `${server.replace(/\/+$/, '')}${fillPath(operation.path, values)}${queryOf(values)}`,
    method: operation.method,
    headers: {
      accept: 'application/json, */*;q=0.5',
      ...Object.fromEntries(
        entriesIn(values, 'header').map(([{ name }, value]) => [name.toLowerCase(), textOf(value)]),
      ),
      ...(cookies.length === 0 ? {} : { cookie: cookies.join('; ') }),
      ...(form.length === 0 ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      ...(body !== undefined && /json/.test(operation.bodyType ?? '')
        ? { 'content-type': operation.bodyType! }
        : {}),
    },
    ...(form.length > 0 ? { body: new URLSearchParams(Object.fromEntries(form)).toString() } : {}),
    ...(body === undefined ? {} : { body }),
  };
}

function entriesIn(
  values: ReadonlyMap<Parameter, Json>,
  place: Parameter['in'],
): (readonly [Parameter, Json])[] {
  return [...values].filter(([parameter]) => parameter.in === place);
}

function fillPath(path: string, values: ReadonlyMap<Parameter, Json>): string {
  return entriesIn(values, 'path').reduce(
    (text, [{ name }, value]) => text.replaceAll(`{${name}}`, encodeURIComponent(textOf(value))),
    path,
  );
}

function queryOf(values: ReadonlyMap<Parameter, Json>): string {
  const query = new URLSearchParams();
  for (const [{ name, explode }, value] of entriesIn(values, 'query')) {
    if (Array.isArray(value) && explode)
      for (const item of value as readonly Json[]) query.append(name, textOf(item));
    else query.append(name, textOf(value));
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** Swagger's body parameter by its name, or `body`; otherwise all that no parameter takes, where the operation has a body. */
function bodyOf(
  { parameters, bodyType, method }: Operation,
  values: ReadonlyMap<Parameter, Json>,
  given: JsonObject,
): Json | undefined {
  const [named] = entriesIn(values, 'body');
  if (named !== undefined) return named[1];
  const taken = new Set(parameters.map(({ name }) => name));
  const rest = Object.entries(given).filter(([name]) => !taken.has(name));
  if (rest.length === 0 || method === 'GET' || method === 'HEAD') return undefined;
  const whole = rest.find(([name]) => name === 'body');
  if (whole !== undefined) return whole[1];
  return bodyType === undefined ? undefined : Object.fromEntries(rest);
}

function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(textOf).join(',');
  return isJsonObject(value) ? JSON.stringify(value) : String(value);
}

function missing({ name }: Parameter, { method, path }: Operation): Error {
  return createOpenapiFailure(
    'openapi-parameter-missing',
    `${method} ${path} needs \`${name.slice(0, 200)}\`.`,
  );
}
