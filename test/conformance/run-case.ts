import { isDeepStrictEqual } from 'node:util';
import type { Value } from '@bufbuild/cel-spec/cel/expr/value_pb.js';
import { base64Encode } from '@bufbuild/protobuf/wire';
import { type Evaluation, evaluate } from '#domain/expressions/evaluate.js';
import type { Json } from '#domain/json.js';
import type { Case } from './select-cases.js';

/** What went otherwise than the case says; undefined where nothing did. */
export function explainFailure(asked: Case): string | undefined {
  const { source, expected } = asked;
  const result = ask(asked, source);
  if (expected === undefined) {
    return result.ok || result.code !== 'expression-failed' ? `came to ${describe(result)}` : undefined;
  }
  // JSON has one kind of numbers and no types: what it cannot tell apart, the language itself is asked for.
  const claims = claimsAbout(`(${source}\n)`, expected);
  const wrong = claims.find((claim) => !isTrue(ask(asked, claim)));
  if (wrong !== undefined)
    return `${describe(result)}; not ${wrong.slice(0, 80)}: ${describe(ask(asked, wrong))}`;
  const json = toJson(expected);
  if (json === undefined || (result.ok && isDeepStrictEqual(result.value, json))) return undefined;
  return `came to ${describe(result)}`;
}

function ask({ roots }: Case, source: string): Evaluation {
  return evaluate({ dialect: 'cel', source }, { lookup: (name) => roots.get(name), step: () => undefined });
}

const isTrue = (result: Evaluation): boolean => result.ok && result.value === true;
const describe = (result: Evaluation): string =>
  result.ok ? JSON.stringify(result.value) : `${result.code}: ${result.message}`;

/** Expressions that are true when `source` has the value. */
function claimsAbout(source: string, { kind }: Value): string[] {
  switch (kind.case) {
    case 'int64Value':
      return [`type${source} == int`, `${source} == ${kind.value}`];
    case 'uint64Value':
      return [`type${source} == uint`, `${source} == ${kind.value}u`];
    case 'doubleValue':
      return [`type${source} == double`, ...claimsAboutDouble(source, kind.value)];
    case 'bytesValue':
      return [`type${source} == bytes`];
    case 'typeValue':
      return [`${source} == ${kind.value}`];
    case 'listValue':
      return kind.value.values.flatMap((item, at) => claimsAbout(`(${source}[${at}])`, item));
    default:
      return [];
  }
}

function claimsAboutDouble(source: string, value: number): string[] {
  if (Number.isNaN(value)) return [`${source} != ${source}`];
  if (!Number.isFinite(value)) return [`${source} == ${value < 0 ? '-' : ''}1.0 / 0.0`];
  return Object.is(value, -0) ? [`1.0 / ${source} < 0.0`] : [];
}

/** The JSON that the language promises for a value; undefined where it promises that there is none. */
function toJson({ kind }: Value): Json | undefined {
  switch (kind.case) {
    case 'nullValue':
      return null;
    case 'boolValue':
    case 'stringValue':
      return kind.value;
    case 'int64Value':
    case 'uint64Value':
      return Number.isSafeInteger(Number(kind.value)) ? Number(kind.value) : undefined;
    case 'doubleValue':
      return Number.isFinite(kind.value) ? kind.value + 0 : undefined;
    case 'bytesValue':
      return base64Encode(kind.value);
    case 'objectValue':
      return undefined;
    case 'listValue': {
      const items = kind.value.values.map(toJson);
      return items.includes(undefined) ? undefined : (items as Json[]);
    }
    case 'mapValue': {
      const members = kind.value.entries.map(({ key, value }) => [
        String(key && toJson(key)),
        value && toJson(value),
      ]);
      return members.flat().includes(undefined) ? undefined : (Object.fromEntries(members) as Json);
    }
    default:
      return undefined;
  }
}
