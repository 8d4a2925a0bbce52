import { entryOf, isScalar, type Spot, type TreeMap, toJson } from '../../../definition/tree.js';
import type { Json } from '../../../json.js';
import type { Template } from '../../../plan/plan.js';
import { endpointOf, readAuthentication } from '../authentication.js';
import type { Builder, Made } from '../builder.js';
import { jq, toJq, unwrap } from '../expressions.js';
import type { Task } from '../task.js';
import { readUriTemplate } from '../uri-template.js';
import { actionFields } from './action-fields.js';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Bytes of a response: what is larger would leave the history, and no expression would see into it. */
const MAX_RESPONSE = 240 * 1024;

/** Longest source that is still an expression. */
const MAX_SOURCE = 4_000;

export function compileHttp(task: Task, builder: Builder): Made | undefined {
  const fields = actionFields('http/request', task, builder);
  const with_ = entryOf(task.spot, 'with') as Spot<TreeMap>;
  const endpoint = endpointOf(entryOf(with_, 'endpoint')!);
  const url = readUri(endpoint.uri, builder);
  const authentication = readAuthentication(endpoint.authentication, builder);
  const method = readMethod(entryOf(with_, 'method')!, builder);
  const body = entryOf(with_, 'body');
  const query = entryOf(with_, 'query');
  const headers = readHeaders(entryOf(with_, 'headers'), authentication?.header, builder);
  if (fields === undefined || url === undefined || method === undefined) return undefined;
  const entries: (readonly [string, Template])[] = [
    ['url', url],
    ['method', method],
    ...(headers === undefined ? [] : [['headers', headers] as const]),
    ...(query === undefined ? [] : [['query', plainMembers(builder.readTemplate(query))] as const]),
    ...(body === undefined ? [] : [['body', builder.readTemplate(body)] as const]),
    ...(authentication?.auth === undefined ? [] : [['auth', authentication.auth] as const]),
    ...responseEntries(with_),
  ];
  return { ...fields, with: { kind: 'map', entries }, result: resultOf(with_) };
}

/** How an HTTP response is asked for and limited; the same for every kind of call over HTTP. */
export function responseEntries(with_: Spot<TreeMap>): readonly (readonly [string, Template])[] {
  const output = entryOf(with_, 'output');
  const form = output === undefined ? 'content' : toJson(output.node);
  const redirect = entryOf(with_, 'redirect');
  const literal = (value: Json): Template => ({ kind: 'literal', value });
  return [
    ['maxBytes', literal(MAX_RESPONSE)],
    ...(form === 'raw' ? [['read', literal('raw')] as const] : []),
    ...(form === 'response' ? [['echo', literal(true)] as const] : []),
    ...(redirect !== undefined && toJson(redirect.node) === true
      ? [['successStatus', literal(['2xx', '3xx'])] as const]
      : []),
  ];
}

/** What the task answers, out of what the action did. */
export function resultOf(with_: Spot<TreeMap>): Template {
  const output = entryOf(with_, 'output');
  const full = output !== undefined && toJson(output.node) === 'response';
  const source = full ? '{request, headers, statusCode: .status, content: .body}' : '.body';
  return { kind: 'expression', expression: jq(source) };
}

export function readUri(spot: Spot, builder: Builder): Template | undefined {
  if (!isScalar(spot)) return undefined;
  const text = String(spot.node.value);
  if (unwrap(text) !== undefined) return builder.readTemplate(spot);
  const template = readUriTemplate(text);
  if (template !== undefined) return template;
  return builder.refuse(
    'open-workflow-unsupported',
    spot,
    'This URI template uses more than simple expansion.',
    'Write `{name}`, `{a,b}` or `{+path}`, or compute the URI: `${ "https://host/\\(.id)" }`.',
  );
}

function readMethod(spot: Spot, builder: Builder): Template | undefined {
  const written = String(toJson(spot.node));
  if (unwrap(written) !== undefined) {
    const { source } = builder.readExpression(spot, written);
    return { kind: 'expression', expression: jq(`(${source}\n) | ascii_upcase`) };
  }
  const method = written.toUpperCase();
  if (METHODS.includes(method)) return { kind: 'literal', value: method };
  return builder.refuse(
    'open-workflow-unsupported',
    spot,
    'This is no method that can be sent.',
    `Write one of ${METHODS.join(', ')}.`,
  );
}

/** Names and values as text, without those that are null. */
function readHeaders(
  spot: Spot | undefined,
  header: Template | undefined,
  builder: Builder,
): Template | undefined {
  const written = spot === undefined ? undefined : plainMembers(builder.readTemplate(spot), 'tostring');
  if (header === undefined) return written;
  if (written === undefined) return { kind: 'map', entries: [['authorization', header]] };
  return { kind: 'expression', expression: jq(`${toJq(written)} + {authorization: ${toJq(header)}}`) };
}

function plainMembers(
  template: Template,
  convert = 'if type == "object" or type == "array" then tojson else . end',
): Template {
  if (template.kind === 'literal') return template;
  const source = `${toJq(template)} | with_entries(select(.value != null) | .value |= (${convert}))`;
  return source.length > MAX_SOURCE ? template : { kind: 'expression', expression: jq(source) };
}
