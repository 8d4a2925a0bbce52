import { normalizeKey } from '../keys.js';
import type { StepSource } from '../step-source.js';
import { type Cel, LEVEL, literal, member, primary } from './cel.js';
import type { Scope } from './scope.js';
import { ExpressionError } from './syntax.js';

type Members = readonly (string | number)[];

/** Roots that say nothing: what follows is meant. */
const EMPTY_ROOTS = new Set([
  'context',
  'ctx',
  'workflow',
  'state',
  'pipeline',
  'process',
  'this',
  'self',
  'global',
  'root',
  'run',
  'execution',
  'flow',
]);
const VARIABLE_ROOTS = new Set([
  'variables',
  'variable',
  'vars',
  'var',
  'inputs',
  'input',
  'params',
  'parameters',
  'args',
  'env',
  'environment',
  'globals',
  'config',
  'event',
  'trigger',
  'payload',
  'local',
  'locals',
]);
const STEP_ROOTS = new Set([
  'steps',
  'step',
  'tasks',
  'task',
  'outputs',
  'results',
  'nodes',
  'jobs',
  'needs',
  'dependencies',
  'stepresults',
  'stepoutputs',
]);
const PREVIOUS = new Set([
  'previous',
  'prev',
  'last',
  'laststep',
  'previousstep',
  'prevstep',
  'lastresult',
  'previousresult',
]);
/** Of the run itself. */
const RUN_MEMBERS: Readonly<Record<string, string>> = {
  id: 'run.id',
  runid: 'run.id',
  executionid: 'run.id',
  name: 'run.workflow',
  workflowname: 'run.workflow',
  version: 'run.version',
  startedat: 'run.startedAt',
  starttime: 'run.startedAt',
  startedby: 'run.startedBy',
  triggeredby: 'run.startedBy',
  user: 'run.startedBy',
};
/** That a bare word asks of the step before. */
const OF_PREVIOUS = new Set([
  'status',
  'exitcode',
  'success',
  'succeeded',
  'failed',
  'stdout',
  'stderr',
  'output',
  'result',
  'statuscode',
  'returncode',
  'code',
]);

/** What a name with its members means. Throws ExpressionError where that cannot be told. */
export function resolvePath(members: Members, scope: Scope): Cel {
  const [root, ...rest] = members as [string, ...Members];
  const variable = scope.variables.get(root);
  if (variable !== undefined) return primary(rest.reduce<string>(member, variable));
  if (scope.locals.has(root) && scope.open?.includes(root) !== true) return readLocal(root, rest, scope);
  const named = readVariable(members, scope) ?? readSteps(members, scope);
  if (named !== undefined) return named;
  const key = normalizeKey(root);
  if (key === 'secrets' || key === 'secret')
    throw new ExpressionError('a secret may stand in `env` and in the headers of a request only');
  if (PREVIOUS.has(key)) return readStep(requirePrevious(scope), rest, scope);
  if (EMPTY_ROOTS.has(key) && rest.length > 0) {
    const run = typeof rest[0] === 'string' ? RUN_MEMBERS[normalizeKey(rest[0])] : undefined;
    if (run !== undefined && rest.length === 1 && key !== 'context' && key !== 'process')
      return primary(run, 'text');
    return resolvePath(rest, scope);
  }
  if (VARIABLE_ROOTS.has(key) && typeof rest[0] === 'string') {
    const [name, ...more] = rest as [string, ...Members];
    if (scope.locals.has(name) && scope.open?.includes(name) !== true) return readLocal(name, more, scope);
    return readVariable(rest, scope) ?? readInput(name, more, scope);
  }
  if (rest.length === 0 && OF_PREVIOUS.has(key) && scope.previous !== undefined)
    return readStep(scope.previous, [key], scope);
  if (NO_CLOCK.has(key)) throw new ExpressionError('there is no clock in expressions');
  return readInput(root, rest, scope);
}

const NO_CLOCK = new Set(['now', 'timestamp', 'date', 'time', 'today', 'random', 'uuid', 'math']);

function readInput(name: string, rest: Members, scope: Scope): Cel {
  const { input } = scope.names.requireInput(name, scope.spot);
  return primary(rest.reduce<string>(member, `inputs.${input}`));
}

/** The variable with the longest name that the members begin with: names may hold dots. */
function readVariable(members: Members, scope: Scope): Cel | undefined {
  for (let length = members.length; length > 0; length--) {
    const name = members.slice(0, length).join('.');
    const variable = scope.names.variable(name);
    if (variable === undefined) continue;
    const rest = members.slice(length);
    if (variable.text !== undefined) return putIn(name, variable.text, rest, scope);
    const text = rest.reduce<string>(member, `inputs.${variable.input}`);
    return primary(text, rest.length === 0 ? variable.type : 'unknown');
  }
  return undefined;
}

/** A variable whose text names others, written out. */
function putIn(name: string, text: string, rest: Members, scope: Scope): Cel {
  const { open = [] } = scope;
  if (open.includes(name))
    throw new ExpressionError(`the variables ${[...open, name].join(' → ')} name one another in a circle`);
  if (open.length > 10) throw new ExpressionError('variables name one another too deep');
  if (rest.length > 0) throw new ExpressionError(`\`${name}\` is text and has no members`);
  return scope.translateText(text, { ...scope, open: [...open, name] });
}

function readLocal(name: string, rest: Members, scope: Scope): Cel {
  const { node } = scope.locals.use(name)!;
  if (node.kind !== 'scalar' || rest.length > 0) throw new ExpressionError(`\`${name}\` is no plain value`);
  if (typeof node.value !== 'string') return literal(node.value);
  return scope.translateText(node.value, { ...scope, open: [...(scope.open ?? []), name] });
}

function readSteps(members: Members, scope: Scope): Cel | undefined {
  const [root, second] = members;
  if (typeof root !== 'string') return undefined;
  if (STEP_ROOTS.has(normalizeKey(root)) && second !== undefined) {
    const step = scope.names.step(String(second));
    const rest = members.slice(2);
    if (step !== undefined)
      return readStep(step, /^(outputs|results)$/i.test(root) ? ['output', ...rest] : rest, scope);
    if (/^(steps|tasks)$/i.test(root)) throw new ExpressionError(`there is no step \`${second}\``);
    return undefined;
  }
  const output = scope.names.outputOf(root);
  if (output !== undefined) {
    const inner = output.values.has(root) ? [root, ...members.slice(1)] : members.slice(1);
    return readStep(
      output,
      isAspect(second) && !output.values.has(root) ? inner : ['output', ...inner],
      scope,
    );
  }
  const step = members.length > 1 ? scope.names.step(root) : undefined;
  return step && readStep(step, members.slice(1), scope);
}

function isAspect(name: string | number | undefined): boolean {
  return typeof name === 'string' && OF_PREVIOUS.has(normalizeKey(name));
}

function requirePrevious(scope: Scope): StepSource {
  if (scope.previous === undefined) throw new ExpressionError('there is no one step before this');
  return scope.previous;
}

/** Something of a step: how it ended, or what came out of it. */
function readStep(step: StepSource, members: Members, scope: Scope): Cel {
  scope.uses.steps.add(step);
  const base = `steps.${step.id}`;
  const [first, ...rest] = members;
  if (first === undefined) return readOutput(step, []);
  const key = normalizeKey(String(first));
  const ended = (status: string): Cel => {
    scope.uses.asked.add(step);
    return { text: `${base}.status == "${status}"`, level: LEVEL.relation, type: 'boolean' };
  };
  if (rest.length === 0) {
    if (/^(status|state|outcome|conclusion)$/.test(key)) {
      scope.uses.asked.add(step);
      return {
        ...primary(`${base}.status`, 'status'),
        ...(step.output === 'http' ? { numeric: `${base}.output.status` } : {}),
      };
    }
    if (/^(success|succeeded|successful|passed|ok|issuccess)$/.test(key)) return ended('succeeded');
    if (/^(failed|failure|isfailed)$/.test(key)) return ended('failed');
    if (key === 'skipped') return ended('skipped');
    if (key === 'attempts' || key === 'retries')
      return primary(key === 'attempts' ? `${base}.attempts` : `${base}.attempts - 1`, 'number');
  }
  if (key === 'error') {
    scope.uses.asked.add(step);
    if (rest.length === 0) return primary(`${base}.error`);
    return primary(rest.reduce<string>(member, `${base}.error`), 'unknown');
  }
  if (/^(output|outputs|result|results|value|response|data|return|returnvalue)$/.test(key))
    return readOutput(step, rest);
  return readOutput(step, members);
}

function readOutput(step: StepSource, members: Members): Cel {
  const output = `steps.${step.id}.output`;
  const [first, ...rest] = members;
  const key = first === undefined ? '' : normalizeKey(String(first));
  switch (step.output) {
    case 'command':
      if (first === undefined) return primary(`${output}.stdout.trim()`, 'text');
      if (rest.length === 0) {
        if (/^(exitcode|code|returncode|exitstatus|rc)$/.test(key))
          return primary(`${output}.exitCode`, 'number');
        if (key === 'stdout' || key === 'stderr') return primary(`${output}.${key}.trim()`, 'text');
        if (/^duration(ms)?$/.test(key)) return primary(`${output}.durationMs`, 'number');
      }
      step.printsJson = true;
      return primary(members.reduce<string>(member, `${output}.result`));
    case 'http':
      if (first === undefined) return primary(`${output}.body`);
      if (/^(status|statuscode|code)$/.test(key) && rest.length === 0)
        return primary(`${output}.status`, 'number');
      if (key === 'headers') return primary(rest.reduce<string>(member, `${output}.headers`));
      if (/^(body|json|data|content|response)$/.test(key))
        return primary(rest.reduce<string>(member, `${output}.body`));
      return primary(members.reduce<string>(member, `${output}.body`));
    case 'condition':
      return primary(`${output}.result`, 'boolean');
    case 'approval':
      if (first === undefined || key === 'approved')
        return { text: `${output}.decision == "approved"`, level: LEVEL.relation, type: 'boolean' };
      return primary(members.reduce<string>(member, output));
    case 'set':
      if (first === undefined && step.values.size === 1) return primary(member(output, [...step.values][0]!));
      return primary(members.reduce<string>(member, output));
    case 'event':
      return primary(members.reduce<string>(member, `${output}.data`));
    case 'other':
      return primary(members.reduce<string>(member, output));
  }
}
