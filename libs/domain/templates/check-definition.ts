import { quote } from '../definition/path.js';
import {
  entriesOf,
  isList,
  isMap,
  isScalar,
  itemsOf,
  positionInText,
  type Spot,
  type TreeList,
  type TreeMap,
  type TreeScalar,
} from '../definition/tree.js';
import type { JsonObject } from '../json.js';
import { suggest } from '../validation/nearest.js';
import { atKey, atValue, type FindingReport, type Where } from '../validation/report.js';
import {
  type PlaceholderProblem,
  type ReadKey,
  type ReadText,
  readKey,
  readText,
  soleVariable,
} from './placeholder.js';
import { descendTo, isCondition, ROOT_STANDING, type Standing } from './places.js';
import { typeOf, type VariableType } from './template.js';

type Scope = ReadonlyMap<string, { readonly type: VariableType; readonly items?: JsonObject }>;

/** Checks what is known before there are values: that each variable is declared, and may stand where it does. */
export function checkDefinition(
  definition: Spot,
  variables: Readonly<Record<string, JsonObject>>,
  report: FindingReport,
): void {
  const scope = new Map(Object.entries(variables).map(([name, schema]) => [name, describe(schema)] as const));
  new DefinitionChecker(report).check(definition, ROOT_STANDING, scope);
}

function describe(schema: JsonObject): { type: VariableType; items?: JsonObject } {
  const items = schema['items'];
  const isSchema = typeof items === 'object' && items !== null && !Array.isArray(items);
  return { type: typeOf(schema), ...(isSchema ? { items: items as JsonObject } : {}) };
}

class DefinitionChecker {
  constructor(private readonly report: FindingReport) {}

  check(spot: Spot, standing: Standing, scope: Scope): void {
    if (isMap(spot)) this.checkMap(spot, standing, scope);
    else if (isList(spot)) this.checkList(spot, standing, scope);
    else if (isScalar(spot) && typeof spot.node.value === 'string') this.checkText(spot, standing, scope);
  }

  private checkMap(map: Spot<TreeMap>, standing: Standing, scope: Scope): void {
    for (const [name, entry] of entriesOf(map)) {
      const key = readKey(name);
      if (key.kind === 'text') {
        this.checkPieces(key.text, scope, 'key', (offset) => ({ ...atKey(entry), ...shift(entry, offset) }));
        this.check(entry, descendTo(standing, name), scope);
      } else {
        const inner = this.enter(key, entry, scope);
        if (isMap(entry)) this.checkMap(entry, standing, inner);
        else this.refuseShape(entry, 'a map', 'Write the entries that it stands for below it.');
      }
    }
  }

  private checkList(list: Spot<TreeList>, standing: Standing, scope: Scope): void {
    for (const item of itemsOf(list)) {
      const directive = findDirective(item);
      if (directive === undefined) {
        this.check(item, standing, scope);
        continue;
      }
      const inner = this.enter(directive.key, directive.value, scope);
      if (isList(directive.value)) this.checkList(directive.value, standing, inner);
      else this.refuseShape(directive.value, 'a list', 'Write the items that it stands for below it.');
    }
  }

  /** The scope below an `if` or an `each`. */
  private enter(key: Exclude<ReadKey, { kind: 'text' }>, entry: Spot, scope: Scope): Scope {
    const name = key.kind === 'if' ? key.variable : key.list;
    const found = scope.get(name);
    if (found === undefined) this.refuseUnknown(name, atKey(entry), scope);
    else if (key.kind === 'if' && found.type !== 'boolean' && found.type !== 'any') {
      this.refuseType(name, found.type, 'boolean', atKey(entry));
    } else if (key.kind === 'each' && found.type !== 'array' && found.type !== 'any') {
      this.refuseType(name, found.type, 'array', atKey(entry));
    }
    if (key.kind === 'if') return scope;
    return new Map([...scope, [key.item, describe(found?.items ?? {})]]);
  }

  private checkText(spot: Spot<TreeScalar>, standing: Standing, scope: Scope): void {
    const text = readText(String(spot.node.value));
    const where = (offset: number): Where => ({
      path: spot.path,
      position: positionInText(spot.node, offset),
    });
    if (isCondition(standing) && text.pieces.some(({ kind }) => kind === 'variable')) {
      this.report.add(
        'template-variable-in-expression',
        atValue(spot),
        'A variable stands in a condition: its value would become a part of the expression.',
        'Give the definition an input whose `default` is the variable, and read `inputs.<name>` here.',
      );
      return;
    }
    const sole = soleVariable(text.pieces);
    this.checkPieces(text, scope, sole === undefined ? 'text' : standing.data ? 'data' : 'value', where);
  }

  private checkPieces(
    { pieces, problems }: ReadText,
    scope: Scope,
    use: 'key' | 'text' | 'value' | 'data',
    where: (offset: number) => Where,
  ): void {
    for (const problem of problems) this.add(problem, where(problem.offset));
    const broken = new Set(problems.map(({ offset }) => offset));
    for (const piece of pieces) {
      if (piece.kind === 'text' || broken.has(piece.offset)) continue;
      const found = scope.get(piece.name);
      if (found === undefined) this.refuseUnknown(piece.name, where(piece.offset), scope);
      else if (found.type === 'object' && use !== 'data') {
        this.refuseType(piece.name, 'object', 'string', where(piece.offset));
      } else if (found.type === 'array' && (use === 'text' || use === 'key')) {
        this.refuseType(piece.name, 'array', 'string', where(piece.offset));
      }
    }
  }

  private add({ code, message, hint }: PlaceholderProblem, where: Where): void {
    this.report.add(code, where, message, hint);
  }

  private refuseUnknown(name: string, where: Where, scope: Scope): void {
    this.report.add('template-variable-unknown', where, `There is no variable ${quote(name)}.`, () =>
      suggest(name, scope.keys(), 'Declare it under `variables`.'),
    );
  }

  private refuseType(name: string, type: VariableType, wanted: VariableType, where: Where): void {
    const hint =
      wanted === 'string'
        ? 'A list may stand as a whole value, a map as a whole value within data such as `with`; text takes the rest.'
        : `Declare it with \`type: ${wanted}\`, or use another variable.`;
    this.report.add(
      'template-variable-type',
      where,
      `${quote(name)} is of type \`${type}\`, which cannot stand here.`,
      hint,
    );
  }

  private refuseShape(entry: Spot, wanted: string, hint: string): void {
    this.report.add('template-placeholder-invalid', atKey(entry), `Below this key stands ${wanted}.`, hint);
  }
}

/** Of an item that is a map with one key, where that is an `if` or an `each`. */
function findDirective(
  item: Spot,
): { readonly key: Exclude<ReadKey, { kind: 'text' }>; readonly value: Spot } | undefined {
  if (!isMap(item)) return undefined;
  const [first, ...others] = entriesOf(item);
  if (first === undefined || others.length > 0) return undefined;
  const key = readKey(first[0]);
  return key.kind === 'text' ? undefined : { key, value: first[1] };
}

function shift(entry: Spot, offset: number): { readonly position: Where['position'] } {
  const { line, column } = entry.keyPosition ?? entry.node.position;
  return { position: { line, column: column + offset } };
}
