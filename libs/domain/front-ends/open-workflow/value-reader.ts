import { shorten } from '../../definition/path.js';
import {
  descend,
  entryOf,
  isList,
  isMap,
  isScalar,
  itemsOf,
  positionInText,
  type Spot,
  type TreeMap,
  toJson,
} from '../../definition/tree.js';
import { analyse } from '../../expressions/analyse.js';
import { isJsonObject, type Json, type JsonObject } from '../../json.js';
import type { Expression, Template } from '../../plan/plan.js';
import type { FindingCode } from '../../validation/codes.js';
import { atKey, type FindingReport } from '../../validation/report.js';
import { findUnknownKeyword } from '../../validation/value-schema.js';
import { readDuration } from './durations.js';
import { jq, readText, unwrap } from './expressions.js';

const MAX_EXPRESSION = 4 * 1024;
const MAX_DURATION_MS = 366 * 24 * 60 * 60 * 1000;

/** Reads what stands in tasks: values with expressions in them, conditions, durations, schemas. */
export class ValueReader {
  /** Expressions ask for the definition as a whole, or for the task's own. */
  seesDefinition = false;

  constructor(readonly report: FindingReport) {}

  refuse(code: FindingCode, spot: Spot, message: string, hint: string): undefined {
    this.report.add(code, atKey(spot), message, hint);
    return undefined;
  }

  /** Any value in which `${ }` may stand. */
  readTemplate(spot: Spot): Template {
    if (isMap(spot)) {
      const entries = [...spot.node.entries.keys()].map(
        (key) => [key, this.readTemplate(entryOf(spot, key)!)] as const,
      );
      if (entries.every(([, template]) => template.kind === 'literal'))
        return { kind: 'literal', value: toJson(spot.node) };
      return { kind: 'map', entries };
    }
    if (isList(spot)) {
      const items = itemsOf(spot).map((item) => this.readTemplate(item));
      if (items.every((template) => template.kind === 'literal'))
        return { kind: 'literal', value: toJson(spot.node) };
      return { kind: 'list', items };
    }
    const { value } = spot.node as { readonly value: Json };
    if (typeof value !== 'string') return { kind: 'literal', value };
    return readText(value, ({ expression, offset }) => this.checkExpression(expression, spot, offset));
  }

  /** A text that is an expression, with `${ }` around it or without. */
  private expressionTemplate(spot: Spot, text: string): Template {
    return { kind: 'expression', expression: this.readExpression(spot, text) };
  }

  readExpression(spot: Spot, text: string): Expression {
    const { source, offset } = unwrap(text) ?? {
      source: text.trim(),
      offset: text.length - text.trimStart().length,
    };
    const expression = jq(source);
    this.checkExpression(expression, spot, offset);
    return expression;
  }

  /** A condition is what jq takes for true: anything but false and null. */
  readCondition(spot: Spot, text: string): Expression {
    const { source } = this.readExpression(spot, text);
    return jq(`[${source}\n][0] | if . then true else false end`);
  }

  conditionAt(spot: Spot<TreeMap>, key: string): Expression | undefined {
    const place = entryOf(spot, key);
    const text = place === undefined ? undefined : toJson(place.node);
    return typeof text === 'string' ? this.readCondition(place!, text) : undefined;
  }

  private checkExpression(expression: Expression, spot: Spot, offset: number): void {
    const { source } = expression;
    const where = (at: number) => ({
      path: spot.path,
      position: isScalar(spot) ? positionInText(spot.node, at) : spot.node.position,
    });
    if (source.length > MAX_EXPRESSION - 64) {
      this.report.add(
        'expression-too-long',
        where(offset),
        'The expression is longer than 4 KiB.',
        'Compute parts of it in `set` tasks above.',
      );
      return;
    }
    const analysis = analyse(expression);
    if (!analysis.ok) {
      this.report.add(
        'expression-invalid',
        where(offset + analysis.offset),
        analysis.message,
        'Correct it at the position given; expressions are jq.',
      );
      return;
    }
    const { names } = analysis.references;
    if (names.includes('$secrets') || names.includes('$authorization'))
      this.report.add(
        'open-workflow-secret',
        where(offset),
        '`$secrets` and `$authorization` would put a secret into the history of the run.',
        'Hand it over by `authentication: { bearer: { use: name } }`; the worker resolves it.',
      );
    if ((names.includes('$workflow') || names.includes('$task')) && /definition/.test(source))
      this.seesDefinition = true;
  }

  /** Milliseconds of a duration that is written out. */
  readDuration(spot: Spot): number | undefined {
    const ms = readDuration(toJson(spot.node));
    if (ms === undefined)
      return this.refuse(
        'open-workflow-unsupported',
        spot,
        'This duration is computed, and must be known before the run here.',
        'Write it out: `{ seconds: 30 }` or `PT30S`.',
      );
    if (ms <= MAX_DURATION_MS) return ms;
    return this.refuse('duration-invalid', spot, 'A duration is longer than 366 days.', 'Shorten it.');
  }

  /** `input.from` and its kin: a bare expression, or a map with expressions in it. */
  templateAt<K extends string>(
    spot: Spot<TreeMap>,
    part: JsonObject | undefined,
    under: string,
    key: string,
    as: K,
  ): { readonly [P in K]?: Template } {
    const written = part?.[key];
    if (written === undefined) return {};
    const place = descend(spot, [under, key]);
    const template =
      typeof written === 'string' ? this.expressionTemplate(place, written) : this.readTemplate(place);
    return { [as]: template } as { readonly [P in K]?: Template };
  }

  schemaAt<K extends string>(
    spot: Spot<TreeMap>,
    part: JsonObject | undefined,
    under: string,
    as: K,
  ): { readonly [P in K]?: JsonObject } {
    const schema = part?.['schema'];
    if (!isJsonObject(schema)) return {};
    const place = descend(spot, [under, 'schema']);
    const format = typeof schema['format'] === 'string' ? schema['format'] : 'json';
    if (!/^json(:|$)/.test(format)) {
      this.refuse(
        'open-workflow-unsupported',
        descend(place, ['format']),
        `Schemas of the format \`${shorten(format)}\` are not checked here.`,
        'Write a JSON Schema, or remove the schema.',
      );
      return {};
    }
    if (schema['resource'] !== undefined) {
      this.refuse(
        'open-workflow-unsupported',
        descend(place, ['resource']),
        'A schema in another place is not fetched.',
        'Write it out under `document`.',
      );
      return {};
    }
    const { document } = schema;
    if (typeof document === 'boolean')
      return { [as]: document ? {} : { not: {} } } as { readonly [P in K]?: JsonObject };
    if (!isJsonObject(document)) {
      this.refuse(
        'open-workflow-invalid',
        place,
        'This is no JSON Schema.',
        'Write a map: `document: { type: object }`.',
      );
      return {};
    }
    const unknown = findUnknownKeyword(document);
    if (unknown !== undefined)
      this.refuse(
        'open-workflow-unsupported',
        place,
        `The schema uses ${unknown}.`,
        'Describe the value without it.',
      );
    return { [as]: document } as { readonly [P in K]?: JsonObject };
  }
}
