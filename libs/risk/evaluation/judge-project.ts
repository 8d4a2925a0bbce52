import type { Project } from '../dataset/labelled-change.js';
import { computeHistory } from '../model/features.js';
import { predict, type RiskModel } from '../model/risk-model.js';
import { TRAINING_SHARE } from './split.js';

/** Probabilities of the later part of a project; its earlier part serves as past only. */
export function judgeLater(model: RiskModel, project: Project): number[] {
  const rows = computeHistory(
    project.changes.map((change) => change.factors),
    model.reference,
  );
  return rows.slice(Math.floor(TRAINING_SHARE * rows.length)).map((row) => predict(model, row));
}
