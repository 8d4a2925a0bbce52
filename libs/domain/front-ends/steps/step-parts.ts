import { isMap, isScalar, type Spot, type TreeMap } from '../../definition/tree.js';
import type { Json } from '../../json.js';
import { writeDuration } from './durations.js';
import { convertText, convertValue } from './expressions/convert.js';
import type { Scope } from './expressions/scope.js';
import { asMap, flagOf, Keys, normalizeKey, numberOf, textOf } from './keys.js';
import type { KindInput, ReadKind } from './kinds/kind.js';
import { findType } from './kinds/table.js';
import { RETRY_KEYS, readRetry } from './retry.js';
import type { Emit, StepSource } from './step-source.js';

/** Keys whose map may hold what a step does. */
export const CONFIG = [
  'config',
  'parameters',
  'params',
  'properties',
  'options',
  'settings',
  'spec',
  'configuration',
  'with',
  'inputs',
  'input',
  'args',
  'data',
  'payload',
];

/** Parameters that a command or a request may name, and what of them nobody named. */
export function finishLocals({ keys, locals }: KindInput): void {
  for (const name of locals.keys()) keys.take(normalizeKey(name));
}

export function addLayer(keys: Keys, name: string): void {
  const map = asMap(keys.peek(name));
  if (map === undefined) return;
  keys.take(name);
  keys.add(map);
}

/** `forEach` as a key of a step: the step itself is what is repeated. */
export function readEach(spot: Spot, kind: ReadKind, input: KindInput): Emit | undefined {
  const { keys, source, document } = input;
  const variable =
    textOf(keys.take('as', 'itemvariable', 'itemname', 'loopvar', 'loopvariable', 'itemvar')) ?? 'item';
  const limit = numberOf(keys.take('maxconcurrency', 'concurrency', 'parallelism', 'maxparallel', 'limit'));
  const cel = input.nameVariable(variable.replace(/[^A-Za-z0-9_]/g, '_'));
  const id = document.names.claimId('', source.spot, `${source.id.slice(0, 85)}-each`);
  const inner: StepSource = { ...source, id, parent: source, values: new Set() };
  const isMatrix = isMap(spot);
  const emit = kind({ ...input, source: inner, scope: (at) => withVariable(input.scope(at), variable, cel) });
  source.output = 'other';
  if (emit === undefined) return undefined;
  return () => {
    const step = emit();
    const items = isMatrix ? undefined : convertList(spot, input);
    if (step === undefined || (items === undefined && !isMatrix)) return undefined;
    if (isMatrix) {
      const matrix = Object.fromEntries(
        [...(spot as Spot<TreeMap>).node.entries].map(([key, { value }]) => [
          key,
          convertList({ node: value, path: { parent: spot.path, key } }, input) ?? [],
        ]),
      );
      return {
        forEach: { matrix, as: cel, ...(limit === undefined ? {} : { limit }) },
        steps: { [id]: step },
      };
    }
    return { forEach: { in: items!, as: cel, limit: limit ?? 1 }, steps: { [id]: step } };
  };
}

function withVariable(scope: Scope, variable: string, cel: string): Scope {
  return { ...scope, variables: new Map([...scope.variables, [variable, cel]]) };
}

function convertList(spot: Spot, { scope }: KindInput): Json | undefined {
  if (!isScalar(spot)) return convertValue(spot, scope(spot));
  const text = textOf(spot) ?? '';
  return convertText(/\$|\{\{/.test(text) ? text : `{{ ${text} }}`, scope(spot));
}

/** What undoes the step: a command, a request, an action. */
export function readCompensation(spot: Spot, input: KindInput): Emit | undefined {
  const { document } = input;
  if (flagOf(spot) !== undefined && isScalar(spot) && typeof spot.node.value === 'boolean') return undefined;
  const entries = isScalar(spot)
    ? new Map([['command', { keyPosition: spot.node.position, value: spot.node }]])
    : asMap(spot)?.node.entries;
  if (entries === undefined) {
    document.conversion.refuse(
      'steps-not-kept',
      spot,
      'What undoes a step is one command or request.',
      'Write `rollback: { command: ./undo }`.',
    );
    return undefined;
  }
  const map: Spot<TreeMap> = {
    node: { kind: 'map', entries, position: spot.node.position },
    path: spot.path,
  };
  const keys = new Keys(map, document.conversion);
  keys.takeAll('id', 'name');
  for (const layer of CONFIG) addLayer(keys, layer);
  const type = textOf(keys.take('type'));
  const found = findType(type, { keys, document });
  if (found === undefined || !/^(command|http|webhook|action)$/.test(found.kind)) {
    document.conversion.refuse(
      'steps-not-kept',
      spot,
      'What undoes a step is one command or request.',
      'Write `rollback: { command: ./undo }`.',
    );
    return undefined;
  }
  const source: StepSource = { ...input.source, values: new Set() };
  const timeoutKey = keys.take('timeout', 'timeoutms', 'timeoutseconds');
  const timeout = timeoutKey && document.durations.read(timeoutKey);
  const retryKey = keys.take(...RETRY_KEYS);
  const emit = found.read({ ...input, keys, source, timeout });
  finishLocals({ ...input, keys });
  keys.finish('what undoes a step');
  const retry = retryKey && readRetry(retryKey, document);
  return (
    emit &&
    (() => {
      const action = emit();
      return (
        action && {
          ...action,
          ...(timeout === undefined ? {} : { timeout: writeDuration(timeout) }),
          ...(retry === undefined ? {} : { retry }),
        }
      );
    })
  );
}
