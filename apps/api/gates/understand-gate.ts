import type { Gate } from '#contracts/judgement/gate.js';
import type { Measurement } from '#contracts/judgement/measurement.js';
import type { JsonObject } from '#domain/json.js';
import type { Finding } from '#domain/validation/finding.js';
import { readGate } from '#gates/gate/read-gate.js';
import { readMetrics } from '#gates/gate/read-metrics.js';
import { problemError } from '../http/problem.js';

/**
 * The gate that a text means, under its name in the project: a file of objectives has none of its own. Throws SluiceError
 * `gate-invalid`.
 */
export function understandGate(source: string, name: string): Gate {
  const { gate, findings } = readGate(source);
  if (gate === undefined)
    throw problemError('gate-invalid', `The gate has ${count(findings)}.`, { findings });
  if (gate.rules === 'sluice' && gate.name !== name) {
    throw problemError('gate-invalid', `The gate says that its name is ${gate.name}, the address ${name}.`);
  }
  return { ...gate, name };
}

/** Throws SluiceError `metrics-invalid`. */
export function understandMetrics(metrics: JsonObject): readonly Measurement[] {
  const { measurements, findings } = readMetrics(JSON.stringify(metrics), 'the request');
  if (measurements === undefined) {
    throw problemError('metrics-invalid', `The metrics have ${count(findings)}.`, { findings });
  }
  return measurements;
}

function count({ length }: readonly Finding[]): string {
  return length === 1 ? 'one error' : `${length} errors`;
}
