import {
  DEFAULT_FAIL_ON,
  type GateEvaluateInput,
  type KeptGateOutput,
  listMisplaced,
} from '#contracts/catalogue/gate-evaluate.js';
import type { Gate } from '#contracts/judgement/gate.js';
import type { GateResult } from '#contracts/judgement/gate-result.js';
import type { GateWorld } from '#contracts/judgement/gate-store.js';
import type { Measurement } from '#contracts/judgement/measurement.js';
import type { SendRequest } from '#contracts/judgement/metric-world.js';
import type { Action, ActionContext } from '#contracts/ports.js';
import type { Json, JsonObject } from '#domain/json.js';
import { evaluateGate } from '#gates/evaluate/evaluate-gate.js';
import { readGate } from '#gates/gate/read-gate.js';
import { readHistory } from '#gates/gate/read-history.js';
import { createFailed, createInvalid, createMisplaced } from './gate-failures.js';
import { judgeByName, type StepTools, type ToldByName } from './judge-by-name.js';
import { measure } from './measure.js';

/**
 * `gate/evaluate`. Throws SluiceError `action-input-invalid`, `gate-not-found`, `gate-version-not-found`, `gate-invalid`,
 * `metrics-invalid`, `gate-failed`, `gate-inconclusive`, `gate-warned`, `run-unknown`, `canceled`.
 */
export function createGateEvaluate(send: SendRequest, world: GateWorld): Action {
  return async (given, context) => {
    const input = given as unknown as GateEvaluateInput;
    const { gate } = input;
    const misplaced = listMisplaced(given as JsonObject);
    if (misplaced.length > 0) throw createMisplaced(misplaced, typeof gate === 'string');
    const tools: StepTools = {
      context,
      measure: (each) => measure(each, input.metrics ?? {}, { send, context }),
    };
    if (typeof gate !== 'string') return conclude(await judgeWritten(gate, input, tools), input, context);
    const told = await judgeByName(world, gate, input, tools);
    if (told.repeated) context.log('sluice', `It was said before, at ${told.result.at}.`);
    return conclude(told, input, context);
  };
}

type Told = Pick<ToldByName, 'result' | 'measurements'> & { readonly output?: KeptGateOutput };

async function judgeWritten(
  written: JsonObject,
  { risk, history = [] }: GateEvaluateInput,
  tools: StepTools,
): Promise<Told> {
  const gate = requireGate(written);
  const measurements: readonly Measurement[] = await tools.measure(gate);
  const at = Date.now();
  const result = evaluateGate(gate, {
    measurements,
    history: readHistory(filesOf(history), gate.name, at),
    ...(typeof risk === 'number' ? { risk } : {}),
    at: new Date(at).toISOString(),
  });
  return { result, measurements };
}

function requireGate(written: JsonObject): Gate {
  const { gate, findings } = readGate(JSON.stringify(written));
  if (gate !== undefined) return gate;
  throw createInvalid('The gate', findings);
}

function filesOf(history: readonly Json[]) {
  return history.map((result, index) => ({ name: `history[${index}]`, text: JSON.stringify(result) }));
}

function conclude(
  { result, measurements, output }: Told,
  { failOn = DEFAULT_FAIL_ON }: GateEvaluateInput,
  context: ActionContext,
): Json {
  for (const { outcome, text } of result.criteria) context.log('sluice', `${outcome}: ${text}`);
  context.log('sluice', result.text);
  const failing = failOn.find((outcome) => outcome === result.outcome);
  if (failing !== undefined) {
    if (output?.bypass === undefined) throw createFailed(failing, result, measurements, factsOf(output));
    const { by, until, reason } = output.bypass;
    context.log('sluice', `It is let through: ${by} bypasses the gate until ${until}: ${reason}`);
  }
  return { ...result, ...output } as GateResult as unknown as Json;
}

/** Where the result is kept. */
function factsOf(output: KeptGateOutput | undefined): JsonObject {
  return output === undefined ? {} : { result: output.id, version: output.version };
}
