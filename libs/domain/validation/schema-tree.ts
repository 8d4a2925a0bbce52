import {
  entriesOf,
  entryOf,
  isList,
  isMap,
  isScalar,
  itemsOf,
  type Spot,
  type TreeMap,
} from '../definition/tree.js';

const ONE = [
  'items',
  'contains',
  'additionalProperties',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
  'not',
  'if',
  'then',
  'else',
  'contentSchema',
];

const LISTED = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];

const NAMED = ['properties', 'patternProperties', 'dependentSchemas', '$defs'];

/** The schemas directly inside a schema (JSON Schema 2020-12); what only looks like one, in an `enum`, is none. */
export function schemasIn(schema: Spot<TreeMap>): Spot<TreeMap>[] {
  const held = (keys: readonly string[]) =>
    keys.map((key) => entryOf(schema, key)).filter((spot): spot is Spot => spot !== undefined);
  return [
    ...held(ONE),
    ...held(LISTED).flatMap((spot) => (isList(spot) ? itemsOf(spot) : [])),
    ...held(NAMED).flatMap((spot) => (isMap(spot) ? entriesOf(spot).map(([, member]) => member) : [])),
  ].filter(isMap);
}

/** Where the schema refers to, as written. */
export function referenceOf(
  schema: Spot<TreeMap>,
): { readonly spot: Spot; readonly target: string } | undefined {
  const spot = entryOf(schema, '$ref');
  if (spot === undefined || !isScalar(spot) || typeof spot.node.value !== 'string') return undefined;
  return { spot, target: spot.node.value };
}

/** The regular expressions of the schema itself, as written. */
export function patternsOf(schema: Spot<TreeMap>): { readonly spot: Spot; readonly pattern: string }[] {
  const own = entryOf(schema, 'pattern');
  const named = entryOf(schema, 'patternProperties');
  return [
    ...(own !== undefined && isScalar(own) && typeof own.node.value === 'string'
      ? [{ spot: own, pattern: own.node.value }]
      : []),
    ...(named !== undefined && isMap(named)
      ? entriesOf(named).map(([pattern, spot]) => ({ spot, pattern }))
      : []),
  ];
}
