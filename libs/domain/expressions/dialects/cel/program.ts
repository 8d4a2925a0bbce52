import { parse, plan } from '@bufbuild/cel';
import type { Analysis, References } from '../../dialect.js';
import { BoundedCache } from '../bounded-cache.js';
import { ENVIRONMENT } from './functions.js';
import { inspect } from './inspect.js';
import { instrument, tickName } from './instrument.js';
import { countBytes } from './json-size.js';
import { charge } from './meter.js';
import { findExcessNesting, replaceStepIds } from './source.js';
import { type Expr, partsOf, SourceError } from './syntax.js';

/** Bytes (UTF-8) of the longest expression. */
const MAX_SOURCE = 4096;

/**
 * Characters of source whose programs are kept: some 40 MiB of programs, the 10,000 short expressions of the largest
 * definition among them.
 */
const KEPT_SOURCE = 1280 * 1024;

export interface Program {
  readonly references: References;
  /** The prototype of every activation: variables that charge for the turns of loops; it has no prototype itself. */
  readonly ticks: object;
  readonly run: ReturnType<typeof plan>;
}

export type Compilation =
  | { readonly ok: true; readonly program: Program }
  | Extract<Analysis, { readonly ok: false }>;

const compilations = new BoundedCache<Compilation>(KEPT_SOURCE);

/** Never throws. What was compiled is kept, by its source. */
export function compile(source: string): Compilation {
  if (source.length > MAX_SOURCE || countBytes(source) > MAX_SOURCE) {
    return { ok: false, message: 'The expression is longer than 4 KiB.', offset: 0 };
  }
  return compilations.resolve(source, source.length + 64, () => {
    try {
      return { ok: true, program: compileAnew(source) };
    } catch (error) {
      return { ok: false, ...explain(error, source) };
    }
  });
}

/** The tree of an expression that was found valid before. */
export function parseProgram(source: string): Expr {
  return readTree(source).expr;
}

function readTree(source: string) {
  const excess = findExcessNesting(source);
  if (excess !== undefined) throw new SourceError('The expression nests too deeply.', excess);
  const { text, ids } = replaceStepIds(source);
  const { expr, sourceInfo } = parse(text);
  if (expr === undefined) throw new SourceError('The expression is empty.', 0);
  const offsetOf = (node: Expr) => sourceInfo?.positions[node.id.toString()] ?? 0;
  if (ids.size > 0) restoreStepIds(expr, (node) => ids.get(offsetOf(node)));
  return { expr, offsetOf };
}

function compileAnew(source: string): Program {
  const { expr, offsetOf } = readTree(source);
  const references = inspect(expr, offsetOf);
  const ticks = createTicks(instrument(expr));
  return { references, ticks, run: plan(ENVIRONMENT, expr) };
}

/** Gives the selections of steps the ids that were written. */
function restoreStepIds(expr: Expr, idOf: (select: Expr) => string | undefined): void {
  const pending = [expr];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.exprKind.case === 'selectExpr') {
      const { value: select } = node.exprKind;
      const id = idOf(node);
      if (id !== undefined) select.field = id + select.field.slice(id.length);
    }
    pending.push(...partsOf(node));
  }
}

function createTicks(costs: Iterable<number>): object {
  const ticks = Object.create(null) as object;
  for (const cost of costs) {
    Object.defineProperty(ticks, tickName(cost), {
      get() {
        charge(cost);
        return true;
      },
    });
  }
  return ticks;
}

/** What the parser threw (it has no exported class for it), or we did. */
function explain(error: unknown, source: string): { message: string; offset: number } {
  if (error instanceof SourceError) return { message: error.message, offset: error.offset };
  const offset = offsetOfSyntaxError(error);
  if (source.trim() === '') return { message: 'The expression is empty.', offset: 0 };
  if (source.trimStart().startsWith('${{')) {
    return { message: 'Here the expression stands bare, without ${{ and }}.', offset: 0 };
  }
  if (offset === undefined) {
    const reason = error instanceof RangeError ? 'an escape or its nesting' : (error as Error).message;
    return { message: `Not valid CEL: ${reason}.`, offset: 0 };
  }
  const { rawMessage = '' } = error as { rawMessage?: string };
  if (rawMessage.startsWith('reserved')) {
    const word = /^\w+/.exec(source.slice(offset))?.[0] ?? '';
    return { message: `"${word}" is a reserved word of CEL; a member of that name is ["${word}"].`, offset };
  }
  const rest = source.slice(offset, offset + 20);
  const place = rest === '' ? 'it ends too early' : `nothing can be made of ${JSON.stringify(rest)}`;
  return { message: `Not valid CEL: ${place}.`, offset };
}

function offsetOfSyntaxError(error: unknown): number | undefined {
  const { location } = error as { location?: { start?: { offset?: unknown } } };
  const offset = location?.start?.offset;
  return typeof offset === 'number' ? offset : undefined;
}
