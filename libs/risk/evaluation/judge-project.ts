import type { Project } from '../dataset/labelled-change.js';
import { applyPlatt } from '../learning/calibration.js';
import { computeHistory } from '../model/features.js';
import { computeRawScore, type RiskModel } from '../model/risk-model.js';
import { TRAINING_SHARE } from './split.js';

/** Probabilities of the later part of a project; its earlier part serves as past only. */
export function judgeLater(model: RiskModel, project: Project): number[] {
  return scoreLater(model, project, TRAINING_SHARE).map((score) => applyPlatt(model.calibration, score));
}

/** Scores before calibration, of the changes after the given share of them. */
export function scoreLater(model: RiskModel, project: Project, after: number): number[] {
  return computeLaterRows(model, project, after).map((row) => computeRawScore(model, row));
}

export function computeLaterRows(model: RiskModel, project: Project, after: number): Float64Array[] {
  const changes = project.changes.map((change) => change.factors);
  return computeHistory(changes, model.reference).slice(Math.floor(after * changes.length));
}
