import { isJsonObject, type Json, type JsonObject } from '../json.js';
import { canonicalJson } from '../plan/canonical-json.js';
import type { Plan } from '../plan/plan.js';
import { compareValues, type Difference } from '../rerun/compare-values.js';
import { compareInputs, type InputChange } from './compare-inputs.js';
import { compareSteps, type StepChange } from './compare-steps.js';
import { describePart, type Renames } from './describe-step.js';
import { type Bump, findFurthest } from './semver.js';

/** What a version means: the plan, in whatever language it was written, and JSON Schema per input. */
export interface VersionContent {
  readonly plan: Plan;
  readonly inputs: Readonly<Record<string, JsonObject>>;
}

/** How two versions differ in meaning: not in order of keys, words of a language, comments or white space. */
export interface VersionDiff {
  /** What of a semantic version has to be raised at least. */
  readonly bump: Bump;
  readonly inputs: readonly InputChange[];
  /** In written order, what is gone after what stood before it. */
  readonly steps: readonly StepChange[];
  /** All else, by key: `output`, `concurrency`. */
  readonly keys: readonly KeyChange[];
  /** More differs than is shown. */
  readonly more?: true;
}

export interface KeyChange {
  readonly key: string;
  readonly bump: Bump;
  readonly why: string;
  readonly values: readonly Difference[];
}

const MAX_STEPS = 500;

/** What is told of a plan as a whole: not its name, which two workflows never share. */
const TOLD: ReadonlySet<string> = new Set(['format', 'name', 'nodes', 'root', 'digest']);

export function compareVersions(before: VersionContent, after: VersionContent): VersionDiff {
  const inputs = compareInputs(before.inputs, after.inputs);
  const { changes, renames } = compareSteps(before.plan, after.plan);
  const keys = compareKeys(before.plan, after.plan, renames);
  return {
    bump: findFurthest([...inputs, ...changes, ...keys].map(({ bump }) => bump)),
    inputs,
    steps: changes.slice(0, MAX_STEPS),
    keys,
    ...(changes.length > MAX_STEPS ? { more: true } : {}),
  };
}

function compareKeys(before: Plan, after: Plan, renames: Renames): KeyChange[] {
  const [old, now] = [partsOf(before, renames), partsOf(after, new Map())];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key) => {
    const values = compareValues(old.get(key), now.get(key));
    if (values.length === 0) return [];
    return [{ key, values, ...(key === 'output' ? judgeOutput(old.get(key), now.get(key)) : OTHERWISE) }];
  });
}

const OTHERWISE: Pick<KeyChange, 'bump' | 'why'> = { bump: 'minor', why: 'runs behave otherwise as a whole' };

function partsOf(plan: Plan, renames: Renames): ReadonlyMap<string, Json> {
  const keys = Object.keys(plan).filter((key) => !TOLD.has(key));
  return new Map(keys.flatMap((key) => Object.entries(describePart(plan, key, renames))));
}

/** Of values that a run computes only the members are known beforehand. */
function judgeOutput(before: Json | undefined, after: Json | undefined): Pick<KeyChange, 'bump' | 'why'> {
  if (before === undefined) return { bump: 'minor', why: 'there was none' };
  if (after === undefined) return { bump: 'major', why: 'who reads it finds none' };
  if (!isJsonObject(before) || !isJsonObject(after)) {
    return isJsonObject(before) || isJsonObject(after)
      ? { bump: 'major', why: 'who reads it may find another shape' }
      : { bump: 'minor', why: 'is computed otherwise' };
  }
  const gone = Object.keys(before).some((key) => !Object.hasOwn(after, key));
  if (gone) return { bump: 'major', why: 'who reads a member that is gone finds none' };
  const onlyMore = Object.keys(before).every(
    (key) => canonicalJson(before[key]!) === canonicalJson(after[key]!),
  );
  return { bump: 'minor', why: onlyMore ? 'has more members' : 'is computed otherwise' };
}
