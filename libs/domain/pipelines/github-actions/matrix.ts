import type { Matrix } from '../pipeline.js';
import type { Value } from '../reading/value.js';

/** More are not counted out; the platform itself allows 256. */
const MAX_COMBINATIONS = 4_096;

type Combination = ReadonlyMap<string, string>;

/** Undefined where the job is no matrix. */
export function readMatrix(strategy: Value): Matrix | undefined {
  const matrix = strategy.get('matrix');
  if (!strategy.exists || (strategy.isMap && !matrix.exists)) return undefined;
  if (!matrix.isMap) return { axes: {} };
  const dimensions = matrix.entries.filter(([key]) => key !== 'include' && key !== 'exclude');
  const axes = Object.fromEntries(
    dimensions.flatMap(([key, value]) => (value.isList ? [[key, value.items.map(show)] as const] : [])),
  );
  const size = [...dimensions.map(([, value]) => value), matrix.get('include'), matrix.get('exclude')].some(
    (each) => each.text !== undefined,
  )
    ? undefined
    : countCombinations(axes, matrix);
  return size === undefined ? { axes } : { axes, size };
}

function countCombinations(
  axes: Readonly<Record<string, readonly string[]>>,
  matrix: Value,
): number | undefined {
  const names = Object.keys(axes);
  const product = names.reduce((count, name) => count * axes[name]!.length, 1);
  const includes = matrix.get('include').items.map(toCombination);
  const excludes = matrix.get('exclude').items.map(toCombination);
  if (product > MAX_COMBINATIONS || includes.length + excludes.length > MAX_COMBINATIONS) return undefined;
  const all = names.length === 0 ? [] : combine(names, axes);
  const kept = all.filter((each) => !excludes.some((exclude) => agrees(each, exclude, [...exclude.keys()])));
  const added = includes.filter((include) => {
    const named = names.filter((name) => include.has(name));
    return !kept.some((each) => agrees(each, include, named));
  });
  return kept.length + added.length;
}

function combine(names: readonly string[], axes: Readonly<Record<string, readonly string[]>>): Combination[] {
  return names.reduce<Map<string, string>[]>(
    (all, name) => all.flatMap((each) => axes[name]!.map((value) => new Map(each).set(name, value))),
    [new Map()],
  );
}

function agrees(combination: Combination, other: Combination, names: readonly string[]): boolean {
  return names.every((name) => combination.get(name) === other.get(name));
}

function toCombination(value: Value): Combination {
  return new Map(value.entries.map(([key, each]) => [key, show(each)]));
}

function show(value: Value): string {
  return value.text ?? JSON.stringify(value.toJson());
}
