import { quote } from '../../definition/path.js';
import { entriesOf, isMap, isScalar, type Spot, type TreeMap } from '../../definition/tree.js';
import { suggest } from '../../validation/nearest.js';
import type { Conversion } from './conversion.js';
import { DOCUMENTATION_KEYS, KNOWN_KEYS } from './known-keys.js';

/** `max_attempts`, `max-attempts` and `maxAttempts` are one key. */
export function normalizeKey(key: string): string {
  return key.toLowerCase().replace(/[_\-\s.]/g, '');
}

/** As its author wrote it. */
export function keyOf(spot: Spot): string {
  return String(spot.path?.key ?? '');
}

/**
 * The keys of a map, whatever their spelling, each of which must be taken: what is left at `finish` is refused, so that
 * nothing is lost in silence.
 */
export class Keys {
  private readonly open = new Map<string, Spot>();
  /** Say what another key says already. */
  private readonly doubled: Spot[] = [];

  constructor(
    readonly spot: Spot<TreeMap>,
    private readonly conversion: Conversion,
  ) {
    this.add(spot);
  }

  /** Keys of a map inside, such as `config`, as if they stood beside it. */
  add(layer: Spot<TreeMap>): void {
    for (const [name, spot] of entriesOf(layer)) {
      const key = normalizeKey(name);
      if (isEmpty(spot)) this.conversion.note('left-out', spot, `\`${name}\` holds nothing.`);
      else if (this.open.has(key)) this.doubled.push(spot);
      else this.open.set(key, spot);
    }
  }

  has(...names: readonly string[]): boolean {
    return names.some((name) => this.open.has(name));
  }

  peek(...names: readonly string[]): Spot | undefined {
    const name = names.find((each) => this.open.has(each));
    return name === undefined ? undefined : this.open.get(name);
  }

  /** The first of these keys that is there; `names` as `normalizeKey` has them. */
  take(...names: readonly string[]): Spot | undefined {
    const name = names.find((each) => this.open.has(each));
    if (name === undefined) return undefined;
    const spot = this.open.get(name);
    this.open.delete(name);
    return spot;
  }

  /** Every one of these keys that is there. */
  takeAll(...names: readonly string[]): Spot[] {
    return names.flatMap((name) => this.take(name) ?? []);
  }

  /** What nobody took. */
  rest(): readonly Spot[] {
    return [...this.open.values()];
  }

  takeRest(): readonly Spot[] {
    const rest = this.rest();
    this.open.clear();
    return rest;
  }

  /** @param owner as in "has no meaning in a command step" */
  finish(owner: string): void {
    for (const spot of this.doubled)
      refuseKey(spot, `says again what another key of ${owner} says`, this.conversion);
    for (const spot of this.open.values()) refuseKey(spot, `has no meaning in ${owner}`, this.conversion);
  }
}

/** A key that nobody took: a note where it says nothing of the run, else a finding. */
export function refuseKey(spot: Spot, why: string, conversion: Conversion): void {
  const written = keyOf(spot);
  const key = normalizeKey(written);
  if (DOCUMENTATION_KEYS.has(key) || /^(x-|_|\$)/.test(written)) {
    conversion.note('left-out', spot, `\`${written}\` says nothing of the run.`);
  } else if (conversion.mayLeaveOut(key)) {
    conversion.note('left-out', spot, `\`${written}\` was left out, as asked.`);
  } else {
    const near = suggest(
      key,
      KNOWN_KEYS.filter((known) => normalizeKey(known) !== key),
      '',
    );
    conversion.refuse(
      'steps-key-unknown',
      spot,
      `${quote(written)} ${why}.`,
      `${near === '' ? '' : `${near} `}Say it by another key, or remove it; \`sluice import --leave-out ${written}\` takes the document over without it.`,
    );
  }
}

function isEmpty(spot: Spot): boolean {
  const { node } = spot;
  if (node.kind === 'scalar') return node.value === null || node.value === '';
  return node.kind === 'list' ? node.items.length === 0 && !isOrderKey(keyOf(spot)) : node.entries.size === 0;
}

/** `dependencies: []` says something: this starts at once. */
function isOrderKey(key: string): boolean {
  return DEPENDENCY_KEYS.includes(normalizeKey(key));
}

export const DEPENDENCY_KEYS: readonly string[] = [
  'dependencies',
  'dependson',
  'depends',
  'dependency',
  'needs',
  'requires',
  'after',
  'runafter',
  'prerequisites',
  'upstream',
  'parents',
  'depson',
  'deps',
];

/** The text of a scalar; numbers and booleans as they are written. */
export function textOf(spot: Spot | undefined): string | undefined {
  return spot !== undefined && isScalar(spot) && spot.node.value !== null
    ? String(spot.node.value)
    : undefined;
}

export function flagOf(spot: Spot | undefined): boolean | undefined {
  if (spot === undefined || !isScalar(spot)) return undefined;
  const { value } = spot.node;
  if (typeof value === 'boolean') return value;
  return /^(true|yes|on|1)$/i.test(String(value))
    ? true
    : /^(false|no|off|0)$/i.test(String(value))
      ? false
      : undefined;
}

export function numberOf(spot: Spot | undefined): number | undefined {
  const text = textOf(spot)?.trim();
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

export function asMap(spot: Spot | undefined): Spot<TreeMap> | undefined {
  return spot !== undefined && isMap(spot) ? spot : undefined;
}
