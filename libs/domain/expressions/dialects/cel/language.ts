import { celError, isCelError } from '@bufbuild/cel';
import type { Evaluation, EvaluationFailureCode, Language, Scope } from '../../dialect.js';
import { bind, bindSteps } from './bind.js';
import { FAILED, SUCCEEDED } from './instrument.js';
import { withBudget } from './meter.js';
import { compile, type Program } from './program.js';
import { toResult } from './result.js';

/** Messages of the evaluator quote data; they are cut to this many characters. */
const MAX_MESSAGE = 500;

/**
 * CEL (https://github.com/google/cel-spec), without protocol buffers, with the functions of `functions.ts`. Loops are
 * the macros alone, each turn is counted; regular expressions are RE2.
 */
export const cel: Language = {
  analyse(source) {
    const compilation = compile(source);
    return compilation.ok ? { ok: true, references: compilation.program.references } : compilation;
  },

  evaluate(source, scope) {
    const compilation = compile(source);
    if (!compilation.ok) return fail('expression-failed', compilation.message);
    try {
      const { value, excess } = withBudget(() => run(compilation.program, scope), scope.budget);
      return excess === undefined ? value : fail('expression-too-costly', excess);
    } catch (error) {
      return fail('expression-failed', String(error));
    }
  },
};

function run(program: Program, scope: Scope): Evaluation {
  const result = program.run(createActivation(program, scope));
  if (isCelError(result)) return fail('expression-failed', clarify(result.message));
  return toResult(result);
}

/** The variables of one evaluation. No prototype but the ticks, so a name finds a variable or nothing. */
function createActivation(program: Program, scope: Scope): Record<string, never> {
  const { references, ticks } = program;
  const variables = Object.create(ticks) as Record<string, unknown>;
  for (const name of references.names) {
    const value = name === 'steps' ? bindSteps(scope) : scope.lookup(name);
    if (value === undefined) variables[name] = celError(`"${name}" is not in scope`);
    else variables[name] = name === 'steps' ? value : bind(value as Parameters<typeof bind>[0]);
  }
  if (references.asksStatus) {
    const { needs } = scope;
    const unknown = () => celError('only the `if` of a step may ask how its needs ended');
    variables[FAILED] = needs?.failed ?? unknown();
    variables[SUCCEEDED] = needs === undefined ? unknown() : !needs.failed && needs.rejected !== true;
  }
  return variables as Record<string, never>;
}

/** The evaluator's message, without its internal names of operators and its unknown length. */
function clarify(message: string): string {
  return message
    .replace(
      /^found no matching overload for '([^']+)' applied to '(.*)'$/s,
      (_, name: string, types: string) => {
        const operator = name.replaceAll('_', '').replace('@', '');
        return `"${/\w/.test(operator) ? name.replace('@', '') : operator}" does not take ${types}`;
      },
    )
    .replace(' [0, -1)', '');
}

function fail(code: EvaluationFailureCode, message: string): Evaluation {
  const cut = message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message;
  return { ok: false, code, message: cut };
}
