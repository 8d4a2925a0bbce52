import { EXCEPTIONS, type Exception } from './exceptions.js';
import { PEERS } from './prepare.js';

export interface FuzzSettings {
  readonly url: string;
  readonly identities: string;
  readonly hooks: string;
  readonly report: string;
  readonly examples: number;
}

/** What well-formed requests may be answered with: the state of things, or what they say, may be against it. */
const WELL_FORMED = ['2xx', '3xx', '401', '403', '404', '409', '412', '422', '429', '5xx'];
/** Of the event stream of a run that does not end. */
const STREAM_EVENTS = 3;

/** The configuration of schemathesis, in TOML. */
export function writeConfiguration(settings: FuzzSettings): string {
  const { url, identities, hooks, report, examples } = settings;
  return [
    `base-url = ${quote(url)}`,
    `hooks = ${quote(hooks)}`,
    // Several threads of Python make 3.11 fail now and then (its issue 106905).
    'workers = 1',
    'continue-on-failure = true',
    'request-timeout = 30',
    `max-stream-events = ${STREAM_EVENTS}`,
    'cache.enabled = false',
    `auth.wfc = { path = ${quote(identities)}, peers = [${PEERS.map(quote).join(', ')}] }`,
    `generation = { max-examples = ${examples}, database = "none" }`,
    `reports.json = { enabled = true, path = ${quote(report)} }`,
    'checks.enabled = true',
    `checks.positive_data_acceptance.expected-statuses = [${WELL_FORMED.map(quote).join(', ')}]`,
    ...groupByOperation(EXCEPTIONS).flatMap(([operation, exceptions]) => [
      '[[operations]]',
      `include-operation-id = ${quote(operation)}`,
      ...exceptions.map(describeException),
    ]),
    '',
  ].join('\n');
}

function groupByOperation(exceptions: readonly Exception[]): [string, Exception[]][] {
  const operations = [...new Set(exceptions.flatMap((exception) => exception.operations))];
  return operations.map((operation) => [
    operation,
    exceptions.filter((exception) => exception.operations.includes(operation)),
  ]);
}

function describeException({ check, statuses }: Exception): string {
  if (statuses === undefined) return `checks.${check}.enabled = false`;
  return `checks.${check}.expected-statuses = [${[...WELL_FORMED, ...statuses].map(quote).join(', ')}]`;
}

/** A basic string of TOML, which JSON's are. */
function quote(text: string): string {
  return JSON.stringify(text);
}
