import { isJsonObject, type Json, type JsonObject } from '#domain/json.js';
import type { FindingTally } from './finding-tally.js';
import { createReportIncomplete, createReportInvalid } from './report-error.js';

const FORMAT = 'SARIF 2.1.0';

export const SARIF_COUNTS = [
  'results',
  'errors',
  'warnings',
  'notes',
  'suppressed',
  'new',
  'critical',
  'high',
  'medium',
  'low',
] as const;

const LEVELS: Readonly<Record<string, string | undefined>> = {
  error: 'errors',
  warning: 'warnings',
  note: 'notes',
  none: undefined,
};

/**
 * OASIS SARIF 2.1.0. Results of kind `fail` count, by their level (3.27.10: their own, else their rule's, else warning) and
 * by the `security-severity` of their rule, as GitHub reads it; suppressed ones (3.27.23) are counted apart, what is gone
 * (`baselineState: absent`) not at all. Throws SluiceError `report-invalid`, and `report-incomplete` where a tool did not
 * succeed or did not look.
 */
export function readSarif(report: Json, tally: FindingTally): void {
  if (!isJsonObject(report) || !Array.isArray(report['runs'])) throw refuse('it has no `runs`.');
  if (report['version'] !== '2.1.0') throw refuse('its `version` is not 2.1.0.');
  if (report['runs'].length === 0) throw createReportIncomplete(FORMAT, 'it holds no run of a tool.');
  for (const [index, run] of (report['runs'] as readonly Json[]).entries()) {
    if (!isJsonObject(run)) throw refuse(`runs[${index}] is not an object.`);
    readRun(run, `runs[${index}]`, tally);
  }
}

function readRun(run: JsonObject, where: string, tally: FindingTally): void {
  for (const invocation of listOf(run['invocations'])) {
    if (invocation['executionSuccessful'] === false)
      throw createReportIncomplete(FORMAT, `${where} says that the tool failed.`);
  }
  const external = run['externalPropertyFileReferences'];
  if (isJsonObject(external) && external['results'] !== undefined)
    throw refuse(`${where} keeps its results in other files.`);
  const results = run['results'];
  if (!Array.isArray(results))
    throw createReportIncomplete(FORMAT, `${where} has no results, not even none.`);
  const rules = new Rules(run);
  for (const rule of rules.ids()) tally.addRule(rule, 0);
  for (const [index, result] of (results as readonly Json[]).entries()) {
    if (!isJsonObject(result)) throw refuse(`${where}.results[${index}] is not an object.`);
    countResult(result, rules, tally, `${where}.results[${index}]`);
  }
}

function countResult(result: JsonObject, rules: Rules, tally: FindingTally, where: string): void {
  const { kind = 'fail', baselineState: state } = result;
  if (kind !== 'fail' || state === 'absent') return;
  const { id, rule } = rules.find(result);
  if (isSuppressed(result)) return tally.add('suppressed');
  const level = result['level'] ?? levelOf(rule) ?? 'warning';
  if (typeof level !== 'string' || !Object.hasOwn(LEVELS, level))
    throw refuse(`${where}.level is none of SARIF's.`);
  const count = LEVELS[level];
  tally.add('results');
  if (count !== undefined) tally.add(count);
  if (state === 'new') tally.add('new');
  const severity = severityOf(result, rule, where);
  if (severity !== undefined) tally.add(severity);
  tally.addRule(id, 1);
}

function isSuppressed(result: JsonObject): boolean {
  const suppressions = listOf(result['suppressions']);
  return (
    suppressions.length > 0 &&
    suppressions.every(({ status }) => status !== 'rejected' && status !== 'underReview')
  );
}

function levelOf(rule: JsonObject | undefined): Json | undefined {
  const configuration = rule?.['defaultConfiguration'];
  return isJsonObject(configuration) ? configuration['level'] : undefined;
}

/** Scores of CVSS, by its own words for them. */
function severityOf(result: JsonObject, rule: JsonObject | undefined, where: string): string | undefined {
  const written = propertyOf(result) ?? propertyOf(rule);
  if (written === undefined) return undefined;
  const score =
    typeof written === 'string' && /^\d{1,2}(\.\d{1,3})?$/.test(written.trim()) ? Number(written) : written;
  if (typeof score !== 'number' || !(score >= 0 && score <= 10))
    throw refuse(`the security-severity of ${where} is no number from 0 to 10.`);
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return score > 0 ? 'low' : undefined;
}

function propertyOf(owner: JsonObject | undefined): Json | undefined {
  const properties = owner?.['properties'];
  return isJsonObject(properties) ? properties['security-severity'] : undefined;
}

/** Rules of the tool's driver and its extensions. */
class Rules {
  private readonly components: readonly (readonly JsonObject[])[];
  private readonly extensions: readonly (readonly JsonObject[])[];
  private readonly byId = new Map<string, JsonObject>();

  constructor(run: JsonObject) {
    const tool = isJsonObject(run['tool']) ? run['tool'] : {};
    const driver = isJsonObject(tool['driver']) ? tool['driver'] : {};
    this.extensions = listOf(tool['extensions']).map((extension) => listOf(extension['rules']));
    this.components = [listOf(driver['rules']), ...this.extensions];
    for (const rule of this.components.flat()) {
      const id = rule['id'];
      if (typeof id === 'string' && !this.byId.has(id)) this.byId.set(id, rule);
    }
  }

  ids(): Iterable<string> {
    return this.byId.keys();
  }

  /** By index (3.52.5, in the component that is named), or by id, of which `CA1000/1` is a part of CA1000. */
  find(result: JsonObject): { readonly id: string; readonly rule: JsonObject | undefined } {
    const reference = isJsonObject(result['rule']) ? result['rule'] : {};
    const component = isJsonObject(reference['toolComponent'])
      ? reference['toolComponent']['index']
      : undefined;
    const rules =
      typeof component === 'number' && component >= 0 ? this.extensions[component] : this.components[0];
    const index = result['ruleIndex'] ?? reference['index'];
    const written = result['ruleId'] ?? reference['id'];
    const indexed = typeof index === 'number' && index >= 0 ? rules?.[index] : undefined;
    const id =
      typeof written === 'string' ? written : typeof indexed?.['id'] === 'string' ? indexed['id'] : '';
    return { id, rule: indexed ?? this.byId.get(id) ?? this.byId.get(id.replace(/\/[^/]*$/, '')) };
  }
}

function listOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((item) => isJsonObject(item as Json)) : [];
}

function refuse(problem: string): Error {
  return createReportInvalid(FORMAT, problem);
}
