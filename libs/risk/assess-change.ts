import type { RiskContext } from '#contracts/judgement/risk.js';
import type { RiskReport } from '#contracts/judgement/risk-report.js';
import { assessRisk } from './assess/assess-risk.js';
import { type ChangeRequest, readRiskChange } from './factors/read-change.js';
import { readModel } from './model/model-file.js';
import { readShippedModel } from './model/shipped-model.js';

export interface AssessmentRequest extends ChangeRequest {
  /** Content of a model's file; else the one that comes with Sluice judges. */
  readonly model?: string;
  /** What is known beside the commits. */
  readonly context?: Pick<RiskContext, 'now' | 'environment'>;
}

/** How risky a change is, from its repository alone. Throws as `readRiskChange` does, and SluiceError `risk-model-invalid`. */
export async function assessChange(request: AssessmentRequest): Promise<RiskReport> {
  const model = request.model === undefined ? readShippedModel() : readModel(request.model);
  const { change, past, context, history } = await readRiskChange(request);
  const assessment = assessRisk(model, change, past, { ...context, ...request.context });
  return { ...assessment, factors: change, history };
}
