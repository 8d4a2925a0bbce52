import type { Json } from '../../../json.js';
import type { Analysis, Evaluation, EvaluationFailureCode, Language, Scope } from '../../dialect.js';
import { BoundedCache } from '../bounded-cache.js';
import { JqError } from './error.js';
import { inspect } from './inspect.js';
import { Machine } from './machine.js';
import { Meter, TooCostly } from './meter.js';
import { parse } from './parser.js';
import { toResult } from './result.js';
import { type Ast, JqSyntaxError } from './syntax.js';
import { describe } from './values.js';

/** UTF-16 units of the longest program. */
const MAX_SOURCE = 4 * 1024;

const MAX_MESSAGE = 500;

/**
 * jq (https://jqlang.org/manual/v1.7), without what is not the same at every replay (clock, environment, files).
 *
 * It is written here, not taken from a library: those that there are run a program until it ends, keep the functions
 * that one program defines for all others, and match by backtracking. Here all work is counted, nothing outlives an
 * evaluation, and regular expressions are RE2. The first output counts; none is null.
 */
export const jq: Language = {
  analyse(source) {
    const program = read(source);
    return program.analysis;
  },

  evaluate(source, scope) {
    const { ast, analysis } = read(source);
    if (ast === undefined) return fail('expression-failed', analysis.ok ? '' : analysis.message);
    const meter = new Meter(scope.budget);
    try {
      return run(ast, scope, meter);
    } catch (error) {
      if (error instanceof TooCostly) return fail('expression-too-costly', error.message);
      // The stack is deeper than any program may nest; should it end before, that is the program's doing.
      if (error instanceof RangeError)
        return fail('expression-too-costly', 'It nests, or calls itself, too deeply.');
      return fail('expression-failed', error instanceof JqError ? messageOf(error.value) : String(error));
    } finally {
      meter.settle();
    }
  },
};

interface Program {
  readonly ast?: Ast;
  readonly analysis: Analysis;
}

const programs = new BoundedCache<Program>(1024 * 1024);

function read(source: string): Program {
  if (source.length > MAX_SOURCE)
    return { analysis: { ok: false, message: 'The expression is longer than 4 KiB.', offset: 0 } };
  return programs.resolve(source, source.length * 8 + 64, () => parseAndInspect(source));
}

function parseAndInspect(source: string): Program {
  if (source.trim() === '')
    return { analysis: { ok: false, message: 'The expression is empty.', offset: 0 } };
  try {
    const ast = parse(source);
    const inspected = inspect(ast);
    if ('problem' in inspected)
      return { analysis: { ok: false, message: `Not valid jq: ${inspected.problem}.`, offset: 0 } };
    const references = {
      inputs: [],
      steps: [],
      names: inspected.names,
      asksStatus: false,
      inputsWhole: false,
      dynamicSteps: false,
    };
    return { ast, analysis: { ok: true, references } };
  } catch (error) {
    const offset = error instanceof JqSyntaxError ? error.offset : 0;
    const message = error instanceof JqSyntaxError ? error.message : 'it nests too deeply';
    return { analysis: { ok: false, message: `Not valid jq: ${message}.`, offset } };
  }
}

function run(ast: Ast, scope: Scope, meter: Meter): Evaluation {
  const input = scope.lookup('.');
  if (input === undefined) return fail('expression-failed', '`.` is not in scope here');
  const machine = new Machine(meter, (name) => scope.lookup(`$${name}`));
  let first: Json | undefined;
  machine.until((leave) =>
    machine.run(ast, undefined, input, undefined, (output) => {
      first = output;
      leave();
    }),
  );
  return toResult(first ?? null, meter);
}

function messageOf(value: Json): string {
  return typeof value === 'string' ? value : `it raised ${describe(value)}`;
}

function fail(code: EvaluationFailureCode, message: string): Evaluation {
  return {
    ok: false,
    code,
    message: message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message,
  };
}
