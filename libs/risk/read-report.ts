import { riskAssess } from '#contracts/catalogue/risk-assess.js';
import { nameRiskLevel } from '#contracts/judgement/risk.js';
import { RISK_FACTS_SCHEMAS } from '#contracts/judgement/risk-facts.js';
import type { RiskReport } from '#contracts/judgement/risk-report.js';
import { isPrintable, type Json, type JsonObject } from '#domain/json.js';
import { compileSchemaOnce } from '#domain/validation/json-schema.js';

/** Characters of JSON; one of a change of a thousand files has a tenth of it. */
const LONGEST = 256 * 1024;

const { factors, history } = RISK_FACTS_SCHEMAS;
const SCHEMA = {
  ...riskAssess.output,
  properties: { ...riskAssess.output.properties, factors, history },
} as unknown as JsonObject;

/** What some step said of a risk; undefined where that is no whole assessment whose points add up. */
export function readReport(value: Json): RiskReport | undefined {
  if (JSON.stringify(value).length > LONGEST || !isPrintable(value)) return undefined;
  const schema = compileSchemaOnce(SCHEMA);
  if (!schema.ok) throw new Error('the schema of an assessment is not valid');
  if (schema.check(value).length > 0) return undefined;
  const report = value as unknown as RiskReport;
  const { score, level, contributions, commit } = report;
  const sum = contributions.reduce((all, { points }) => all + points, 0);
  const names = new Set(contributions.map(({ factor }) => factor));
  const sound =
    sum === score &&
    level === nameRiskLevel(score) &&
    names.has('start') &&
    names.size === contributions.length &&
    commit === report.factors.commit;
  return sound ? { ...report, factors: { ...report.factors, more: report.factors.more ?? {} } } : undefined;
}
