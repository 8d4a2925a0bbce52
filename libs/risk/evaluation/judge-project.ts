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
  const rows = computeHistory(
    project.changes.map((change) => change.factors),
    model.reference,
  );
  return rows.slice(Math.floor(after * rows.length)).map((row) => computeRawScore(model, row));
}
