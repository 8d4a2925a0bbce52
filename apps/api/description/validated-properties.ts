import { getMetadataStorage } from 'class-validator';
import { toPattern } from './to-pattern.js';

/** What a schema of OpenAPI says beyond its type. */
export type Keywords = Readonly<Record<string, unknown>>;

/** What the validation asks of a property: of the value itself, and of each item where it is a list. */
export interface ValidatedProperty {
  readonly own: Keywords;
  readonly items: Keywords;
  /** Whether anything is asked of its value: else it is any JSON. */
  readonly typed: boolean;
}

/** A class, as decorators know it. */
export type BodyClass = abstract new () => object;

type Constraints = readonly unknown[];

/** Of the decorators of class-validator, and of our own by their names, what a schema can say of them. */
const KEYWORDS: Readonly<Record<string, (constraints: Constraints) => Keywords>> = {
  isString: () => ({ type: 'string' }),
  isInt: () => ({ type: 'integer' }),
  isNumber: ([options]) => describeNumber(options as { readonly maxDecimalPlaces?: number } | undefined),
  isBoolean: () => ({ type: 'boolean' }),
  isObject: () => ({ type: 'object' }),
  isIn: ([values]) => ({ enum: values }),
  min: ([minimum]) => ({ minimum }),
  max: ([maximum]) => ({ maximum }),
  minLength: ([minLength]) => ({ minLength }),
  maxLength: ([maxLength]) => ({ maxLength }),
  matches: ([pattern]) => describePattern(pattern as RegExp),
  arrayMinSize: ([minItems]) => ({ minItems }),
  arrayMaxSize: ([maxItems]) => ({ maxItems }),
  // With a function it is about parts of the items.
  arrayUnique: ([of]) => (of === undefined ? { uniqueItems: true } : {}),
};

/** The properties of a class of a body or a query, by name. */
export function readValidatedProperties(type: BodyClass): ReadonlyMap<string, ValidatedProperty> {
  const properties = new Map<string, ValidatedProperty>();
  const known = getMetadataStorage().getTargetValidationMetadatas(type, '', true, false);
  for (const { propertyName, name = '', constraints = [], each } of known) {
    const before = properties.get(propertyName) ?? { own: {}, items: {}, typed: false };
    const said = Object.hasOwn(KEYWORDS, name) ? KEYWORDS[name]!(constraints) : {};
    properties.set(propertyName, {
      own: each ? before.own : addKeywords(before.own, said),
      items: each ? addKeywords(before.items, said) : before.items,
      typed: before.typed || 'type' in said || 'enum' in said || name === 'isArray',
    });
  }
  return properties;
}

/** Of two patterns one is said. */
function addKeywords(before: Keywords, more: Keywords): Keywords {
  return { ...more, ...before };
}

function describeNumber(options: { readonly maxDecimalPlaces?: number } | undefined): Keywords {
  const places = options?.maxDecimalPlaces;
  return { type: 'number', ...(places === undefined ? {} : { multipleOf: 1 / 10 ** places }) };
}

function describePattern(expression: RegExp): Keywords {
  const pattern = toPattern(expression);
  return pattern === undefined ? {} : { pattern };
}
