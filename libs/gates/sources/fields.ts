import {
  DATADOG_SITES,
  REDUCTIONS,
  REPORT_SOURCES,
  SOURCE_TIMEOUT_MS,
  type SourceName,
} from '#contracts/judgement/metric-source.js';

/** One key of a source: how it is read, and what the documentation says of it. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly required?: true;
  /** As documented, for what is not required. */
  readonly default?: string;
  readonly meaning: string;
}

export type FieldType =
  | { readonly kind: 'text'; readonly most: number }
  | { readonly kind: 'files' | 'url' | 'pointer' | 'secret' | 'auth' | 'headers' | 'any' | 'number' }
  | { readonly kind: 'duration'; readonly leastMs: number; readonly mostMs: number }
  | { readonly kind: 'whole'; readonly least: number; readonly most: number }
  | { readonly kind: 'choice'; readonly values: readonly string[] };

const DAY_MS = 86_400_000;
const QUERY = { kind: 'text', most: 16_384 } as const;

const FRAME: readonly Field[] = [
  { name: 'unit', type: { kind: 'text', most: 40 }, meaning: 'Unit of the value, for people: `ms`, `%`.' },
  {
    name: 'timeout',
    type: { kind: 'duration', leastMs: 1, mostMs: SOURCE_TIMEOUT_MS.maximum },
    default: '10s',
    meaning: 'When the value counts as missing; at most 60s.',
  },
];

const AUTH: Field = {
  name: 'auth',
  type: { kind: 'auth' },
  meaning: 'A secret in a header, as `http/request` takes it: `{ secret: env:TOKEN, scheme: bearer }`.',
};

const REDUCE: Field = {
  name: 'reduce',
  type: { kind: 'choice', values: REDUCTIONS },
  default: '`average`; `samples` with a baseline',
  meaning: 'How many observations become one value; `samples` keeps them, for statistical criteria.',
};

const MAX_AGE: Field = {
  name: 'maxAge',
  type: { kind: 'duration', leastMs: 1, mostMs: 30 * DAY_MS },
  default: '5m',
  meaning: 'How old the last observation may be.',
};

const REPORT: readonly Field[] = [
  {
    name: 'files',
    type: { kind: 'files' },
    required: true,
    meaning: 'A path or glob below the folder that is judged, or a list of them.',
  },
  {
    name: 'value',
    type: { kind: 'text', most: 300 },
    required: true,
    meaning: 'Name of a number of the report; the tables of formats have them all.',
  },
  {
    name: 'absent',
    type: { kind: 'number' },
    meaning: 'Value where the report has no such number; without it the metric is missing.',
  },
  ...FRAME,
];

function describeSeries(range: Pick<Field, 'default' | 'required'>): readonly Field[] {
  return [
    {
      name: 'range',
      type: { kind: 'duration', leastMs: 1_000, mostMs: 90 * DAY_MS },
      ...range,
      meaning: 'The time before now that is asked for.',
    },
    REDUCE,
    { name: 'baseline', type: QUERY, meaning: 'The query of what the samples are compared with.' },
    {
      name: 'baselineOffset',
      type: { kind: 'duration', leastMs: 1_000, mostMs: 90 * DAY_MS },
      meaning: 'Asks for the baseline so much earlier; without `baseline` by the same query. Needs `range`.',
    },
    {
      name: 'minSamples',
      type: { kind: 'whole', least: 1, most: 10_000 },
      default: '1',
      meaning: 'With fewer observations the value is missing; so is the baseline.',
    },
    MAX_AGE,
    ...FRAME,
  ];
}

/** Another address than the service's own, as of a proxy. */
const SERVER: Field = {
  name: 'server',
  type: { kind: 'url' },
  meaning: "Base URL in place of the service's own.",
};

/** The keys of each source, beside `from`. */
export const SOURCE_FIELDS: Readonly<Record<SourceName, readonly Field[]>> = {
  ...(Object.fromEntries(REPORT_SOURCES.map((name) => [name, REPORT])) as Record<
    (typeof REPORT_SOURCES)[number],
    readonly Field[]
  >),
  http: [
    { name: 'url', type: { kind: 'url' }, required: true, meaning: 'Absolute http or https URL.' },
    {
      name: 'method',
      type: { kind: 'choice', values: ['GET', 'POST'] },
      default: '`GET`',
      meaning: 'The method.',
    },
    { name: 'headers', type: { kind: 'headers' }, meaning: 'Headers; never secrets, those go to `auth`.' },
    { name: 'body', type: { kind: 'any' }, meaning: 'Sent as JSON, with POST.' },
    AUTH,
    {
      name: 'value',
      type: { kind: 'pointer' },
      required: true,
      meaning: 'JSON pointer (RFC 6901) to a number of the answer, or to a list of numbers.',
    },
    {
      name: 'baseline',
      type: { kind: 'pointer' },
      meaning: 'Pointer to the numbers that they are compared with.',
    },
    {
      name: 'at',
      type: { kind: 'pointer' },
      meaning:
        'Pointer to the time of the value: RFC 3339 with its offset, or seconds or milliseconds since 1970.',
    },
    { ...MAX_AGE, meaning: 'With `at`: how old the value may be.' },
    REDUCE,
    ...FRAME,
  ],
  prometheus: [
    { name: 'server', type: { kind: 'url' }, required: true, meaning: 'Base URL, `/api/v1` left out.' },
    { name: 'query', type: QUERY, required: true, meaning: 'PromQL that gives one series.' },
    ...describeSeries({ default: 'the value of now' }),
    {
      name: 'step',
      type: { kind: 'duration', leastMs: 1, mostMs: DAY_MS },
      default: 'a 60th of the range, at least 1s',
      meaning: 'Time between two observations of the range.',
    },
    {
      name: 'partial',
      type: { kind: 'choice', values: ['refuse', 'allow'] },
      default: '`refuse`',
      meaning: 'Whether an answer with warnings, which may lack data, counts.',
    },
    AUTH,
  ],
  datadog: [
    {
      name: 'site',
      type: { kind: 'choice', values: DATADOG_SITES },
      default: '`datadoghq.com`',
      meaning: 'The site of the account.',
    },
    SERVER,
    { name: 'apiKey', type: { kind: 'secret' }, required: true, meaning: 'Reference to the API key.' },
    {
      name: 'applicationKey',
      type: { kind: 'secret' },
      required: true,
      meaning: 'Reference to the application key; it needs `timeseries_query`.',
    },
    { name: 'query', type: QUERY, required: true, meaning: 'Query that gives one series.' },
    ...describeSeries({ required: true }),
  ],
  newrelic: [
    {
      name: 'account',
      type: { kind: 'whole', least: 1, most: Number.MAX_SAFE_INTEGER },
      required: true,
      meaning: 'Number of the account.',
    },
    {
      name: 'region',
      type: { kind: 'choice', values: ['us', 'eu'] },
      default: '`us`',
      meaning: 'Region of the account.',
    },
    SERVER,
    { name: 'apiKey', type: { kind: 'secret' }, required: true, meaning: 'Reference to a user key.' },
    {
      name: 'query',
      type: QUERY,
      required: true,
      meaning: 'NRQL without `FACET`; with `TIMESERIES` it gives many observations.',
    },
    {
      name: 'value',
      type: { kind: 'pointer' },
      default: 'the only number of a row',
      meaning: 'JSON pointer into a row of the results: `/percentile.duration/95`.',
    },
    ...describeSeries({ default: 'what `SINCE` of the query says' }),
  ],
};
