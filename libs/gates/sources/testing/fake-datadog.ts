import { Ajv2020 } from 'ajv/dist/2020.js';
import type { MetricRequest } from '#contracts/judgement/metric-world.js';
import type { FakeAnswer } from './fake-world.js';

/** `MetricsQueryResponse` and what it holds, after the models of @datadog/datadog-api-client 1.64.0 (v1). */
const RESPONSE = {
  type: 'object',
  required: ['status', 'series', 'from_date', 'to_date', 'query', 'res_type', 'group_by', 'message'],
  properties: {
    status: { type: 'string' },
    error: { type: 'string' },
    message: { type: 'string' },
    query: { type: 'string' },
    res_type: { type: 'string' },
    group_by: { type: 'array', items: { type: 'string' } },
    from_date: { type: 'integer' },
    to_date: { type: 'integer' },
    series: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointlist', 'metric', 'scope', 'interval', 'length', 'start', 'end', 'query_index'],
        properties: {
          pointlist: {
            type: 'array',
            items: {
              type: 'array',
              prefixItems: [{ type: 'number' }, { type: ['number', 'null'] }],
              items: false,
              minItems: 2,
            },
          },
          metric: { type: 'string' },
          scope: { type: 'string' },
          interval: { type: 'integer' },
          length: { type: 'integer' },
          start: { type: 'integer' },
          end: { type: 'integer' },
          query_index: { type: 'integer' },
          tag_set: { type: 'array', items: { type: 'string' } },
          unit: { type: ['array', 'null'] },
        },
      },
    },
  },
} as const;

const isResponse = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(RESPONSE);

export interface FakeSeries {
  /** By query. */
  readonly [query: string]: readonly (readonly (readonly [ms: number, value: number | null])[])[];
}

/**
 * "Query timeseries points" of Datadog: refuses what the service would, and answers as its models are. Points are told by
 * their distance to the end of the window that is asked for.
 */
export function answerAsDatadog({ url, method, headers }: MetricRequest, series: FakeSeries): FakeAnswer {
  const { pathname, searchParams: query } = new URL(url);
  if (method !== 'GET' || pathname !== '/api/v1/query')
    return { status: 404, body: { errors: ['Not found'] } };
  if (headers['dd-api-key'] !== 'secret of API' || headers['dd-application-key'] !== 'secret of APP')
    return { status: 403, body: { errors: ['Forbidden'] } };
  const [from, to] = ['from', 'to'].map((name) => Number(query.get(name) ?? Number.NaN)) as [number, number];
  const text = query.get('query') ?? '';
  const found = series[text];
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from >= to || found === undefined)
    return { status: 400, body: { errors: [`Error parsing query: unable to parse ${text}`] } };
  const body = {
    status: 'ok',
    res_type: 'time_series',
    resp_version: 1,
    query: text,
    from_date: from * 1000,
    to_date: to * 1000,
    series: found.map((points, index) => ({
      pointlist: points.map(([ms, value]) => [to * 1000 - ms, value]),
      ...{
        metric: 'm',
        display_name: 'm',
        scope: `host:${index}`,
        tag_set: [],
        expression: text,
        aggr: 'avg',
        unit: null,
      },
      ...{ interval: 60, length: points.length, start: from * 1000, end: to * 1000 - 1, query_index: 0 },
    })),
    values: [],
    times: [],
    message: '',
    group_by: [],
  };
  if (!isResponse(body)) throw new Error(`no answer of Datadog: ${JSON.stringify(isResponse.errors)}`);
  return { body };
}
