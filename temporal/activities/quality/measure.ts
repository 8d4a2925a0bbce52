import type { Gate } from '#contracts/judgement/gate.js';
import type { Measurement } from '#contracts/judgement/measurement.js';
import type { SendRequest } from '#contracts/judgement/metric-world.js';
import type { ActionContext } from '#contracts/ports.js';
import type { JsonObject } from '#domain/json.js';
import { readMetrics } from '#gates/gate/read-metrics.js';
import { collectMeasurements } from '#gates/sources/collect-measurements.js';
import { createInvalid } from './gate-failures.js';

/** What is given goes before what the gate would collect. Throws SluiceError `metrics-invalid`, `canceled`. */
export async function measure(
  gate: Gate,
  metrics: JsonObject,
  { send, context }: { readonly send: SendRequest; readonly context: ActionContext },
): Promise<Measurement[]> {
  const { measurements: given, findings } = readMetrics(JSON.stringify(metrics), 'given');
  if (given === undefined) throw createInvalid('The metrics', findings);
  const sources = Object.fromEntries(
    Object.entries(gate.metrics).filter(([metric]) => !Object.hasOwn(metrics, metric)),
  );
  const collected = await collectMeasurements(sources, {
    send,
    resolveSecret: (reference) => context.secrets.resolve(reference),
    mask: (secret) => context.mask(secret),
    hide: (text) => context.hide(text),
    now: Date.now,
    signal: context.signal,
  });
  return [...given, ...collected];
}
