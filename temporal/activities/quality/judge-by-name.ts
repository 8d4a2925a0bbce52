import type { GateEvaluateInput, KeptGateOutput } from '#contracts/catalogue/gate-evaluate.js';
import { DEFAULT_FAIL_ON } from '#contracts/catalogue/gate-evaluate.js';
import type { Gate } from '#contracts/judgement/gate.js';
import type { GateResult, Outcome } from '#contracts/judgement/gate-result.js';
import type {
  ActiveBypass,
  Author,
  GateWorld,
  KeptGate,
  KeptResult,
  StepGateStore,
  StepGo,
} from '#contracts/judgement/gate-store.js';
import type { Measurement } from '#contracts/judgement/measurement.js';
import type { ActionContext } from '#contracts/ports.js';
import type { BypassMark } from '#contracts/rest/gates.js';
import { readGate } from '#gates/gate/read-gate.js';
import {
  hasPassed,
  isHeldUp,
  type Judged,
  judgeByKeptGate,
  repeat,
} from '#gates/stored/judge-by-kept-gate.js';
import { createGateNotFound, createInvalid, createVersionNotFound } from './gate-failures.js';

/** What a step is told by a gate that its project keeps. */
export interface ToldByName {
  readonly result: GateResult;
  readonly output: KeptGateOutput;
  /** None of a result that was found again. */
  readonly measurements: readonly Measurement[];
  /** It was said before. */
  readonly repeated: boolean;
}

export interface StepTools {
  readonly context: ActionContext;
  /** What is known of the metrics of the gate. */
  readonly measure: (gate: Gate) => Promise<readonly Measurement[]>;
}

/**
 * By a gate of the run's project, and its earlier results. What it decides is kept once for each go of the step, however
 * many of its attempts are lost. Throws SluiceError `gate-not-found`, `gate-version-not-found`, `gate-invalid`, `run-unknown`.
 */
export async function judgeByName(
  { store, judged: count, whenMissing }: GateWorld,
  name: string,
  input: GateEvaluateInput,
  { context, measure }: StepTools,
): Promise<ToldByName> {
  const { run, step, attempt, begunAfter = 0 } = context;
  const go: StepGo = { run, step, attempt, begunAfter };
  const { failOn = DEFAULT_FAIL_ON } = input;
  const before = await store.findOfGo(go);
  if (before !== undefined) {
    const judged = await repeat(store, before, await store.findBypass(before.gateId), failOn);
    count('repeated');
    // What was let through once stays so, whatever has become of the bypass.
    return tell(judged, [], { failOn, earlier: judged.row.bypass });
  }
  const known = await requireGate(store, run, name, input.version ?? undefined, whenMissing);
  const measurements = (await measure(known.gate)).map((each) => hideIn(each, context));
  const judged = await judgeByKeptGate(
    store,
    {
      ...known,
      measurements,
      risk: input.risk ?? undefined,
      subject: {
        commit: input.commit ?? undefined,
        run,
        step,
        labels: hideLabels(input.labels ?? {}, context),
      },
      go,
      holdsUp: failOn,
    },
    known.author,
  );
  count(judged.created ? judged.row.outcome : 'repeated');
  return tell(judged, measurements, { failOn });
}

interface KnownGate {
  readonly kept: KeptGate;
  readonly version: number;
  readonly gate: Gate;
  readonly author: Author;
}

async function requireGate(
  store: StepGateStore,
  run: string,
  name: string,
  asked: number | undefined,
  whenMissing: string,
): Promise<KnownGate> {
  const found = await store.find(run, name);
  if (found === undefined) throw createGateNotFound(name, whenMissing);
  const { gate: kept, author } = found;
  const version = asked ?? kept.latestVersion;
  const source = await store.readVersion(kept.id, version);
  if (source === undefined) throw createVersionNotFound(kept.name, version);
  const { gate, findings } = readGate(source);
  if (gate === undefined) throw createInvalid('The gate', findings);
  return { kept, version, gate: { ...gate, name: kept.name }, author };
}

function tell(
  { row, bypass, created }: Judged<KeptResult, ActiveBypass>,
  measurements: readonly Measurement[],
  { failOn, earlier }: { readonly failOn: readonly Outcome[]; readonly earlier?: KeptResult['bypass'] },
): ToldByName {
  const { id, version, result } = row;
  const mark = isHeldUp(result, failOn) ? toMark(bypass ?? earlier ?? undefined) : undefined;
  return {
    result,
    output: {
      id,
      version,
      allowed: hasPassed(result) || mark !== undefined,
      ...(mark === undefined ? {} : { bypass: mark }),
    },
    measurements,
    repeated: !created,
  };
}

function toMark(
  bypass: ActiveBypass | NonNullable<KeptResult['bypass']> | undefined,
): BypassMark | undefined {
  if (bypass === undefined) return undefined;
  const { id, createdBy: by, reason, expiresAt } = bypass;
  return { id, by, reason, until: new Date(expiresAt).toISOString() };
}

/** What is kept leaves the run: without secrets, as all that does. */
function hideIn({ missing, ...measurement }: Measurement, { hide }: ActionContext): Measurement {
  return {
    ...measurement,
    source: hide(measurement.source),
    ...(missing === undefined
      ? {}
      : { missing: { ...missing, message: hide(missing.message), hint: hide(missing.hint) } }),
  };
}

function hideLabels(
  labels: Readonly<Record<string, string>>,
  { hide }: ActionContext,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).map(([name, text]) => [name, hide(text)]));
}
