import type { JsonObject } from '../json.js';
import { compareValues, type Difference } from '../rerun/compare-values.js';
import { compareSchemas } from './compare-schemas.js';
import type { Bump } from './semver.js';

/** JSON Schema per input; one without `default` is required. */
type Inputs = Readonly<Record<string, JsonObject>>;

export interface InputChange {
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly bump: Bump;
  /** What it means for who starts runs. */
  readonly why: string;
  readonly values: readonly Difference[];
}

/** In the order of the first, then of the second. */
export function compareInputs(before: Inputs, after: Inputs): InputChange[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => {
    const [old, now] = [own(before, name), own(after, name)];
    const values = compareValues(old, now);
    return values.length === 0 ? [] : [{ name, values, ...judge(old, now) }];
  });
}

type Judgement = Pick<InputChange, 'change' | 'bump' | 'why'>;

function judge(old: JsonObject | undefined, now: JsonObject | undefined): Judgement {
  if (now === undefined) return { change: 'removed', bump: 'major', why: 'a start that gives it is refused' };
  if (old === undefined) {
    return isRequired(now)
      ? { change: 'added', bump: 'major', why: 'a start without it is refused' }
      : { change: 'added', bump: 'minor', why: 'may be given' };
  }
  const change = 'changed';
  if (isRequired(now) && !isRequired(old)) {
    return { change, bump: 'major', why: 'a start without it is refused' };
  }
  const schema = compareSchemas(old, now);
  if (schema === 'narrower') return { change, bump: 'major', why: 'values that were taken may be refused' };
  if (isRequired(old) && !isRequired(now))
    return { change, bump: 'minor', why: 'need not be given any more' };
  if (schema === 'wider') return { change, bump: 'minor', why: 'takes more than before' };
  return compareValues(old['default'], now['default']).length > 0
    ? { change, bump: 'minor', why: 'a start without it has another value' }
    : { change, bump: 'patch', why: 'is described in other words' };
}

function isRequired(schema: JsonObject): boolean {
  return !Object.hasOwn(schema, 'default');
}

function own(inputs: Inputs, name: string): JsonObject | undefined {
  return Object.hasOwn(inputs, name) ? inputs[name] : undefined;
}
