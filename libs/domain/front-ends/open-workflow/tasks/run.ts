import { shorten } from '../../../definition/path.js';
import { entryOf, isScalar, type Spot, type TreeMap, toJson } from '../../../definition/tree.js';
import type { JsonObject } from '../../../json.js';
import type { Template } from '../../../plan/plan.js';
import { atValue } from '../../../validation/report.js';
import type { Builder, Made } from '../builder.js';
import { jq, toJq } from '../expressions.js';
import { toName } from '../names.js';
import type { Task } from '../task.js';
import { actionFields } from './action-fields.js';
import type { CompileTask } from './compile-task.js';

const RESULTS: Readonly<Record<string, string>> = {
  stdout: '.stdout',
  stderr: '.stderr',
  code: '.exitCode',
  all: '{code: .exitCode, stdout, stderr}',
};

const INTERPRETERS: Readonly<Record<string, readonly string[]>> = {
  js: ['node', '--input-type=module', '--eval'],
  javascript: ['node', '--input-type=module', '--eval'],
  python: ['python3', '-c'],
};

const ANY_CODE = Array.from({ length: 256 }, (_, code) => code);

export const compileRun: CompileTask = (task, builder) => {
  const run = entryOf(task.spot, 'run') as Spot<TreeMap>;
  const wait = entryOf(run, 'await');
  if (wait !== undefined && toJson(wait.node) === false)
    return builder.refuse(
      'open-workflow-unsupported',
      wait,
      'A task that nobody waits for would be lost with its run.',
      'Remove `await`, or start another workflow by its own schedule.',
    );
  const container = entryOf(run, 'container');
  if (container !== undefined)
    return builder.refuse(
      'open-workflow-container',
      container,
      'Containers are not run here.',
      'Write the command as `run: shell`, on a worker that has the tools, or call the container engine from there.',
    );
  const workflow = entryOf(run, 'workflow');
  if (workflow !== undefined) return compileWorkflow(workflow as Spot<TreeMap>, builder);
  const shell = entryOf(run, 'shell');
  const program = (shell ?? entryOf(run, 'script')) as Spot<TreeMap>;
  const command = shell === undefined ? readScript(program, builder) : readShell(program, builder);
  return command && compileCommand(task, run, program, command, builder);
};

function readShell(shell: Spot<TreeMap>, builder: Builder): readonly Template[] {
  const line = builder.readTemplate(entryOf(shell, 'command')!);
  return [literal('sh'), literal('-c'), line, literal('sh')];
}

function readScript(script: Spot<TreeMap>, builder: Builder): readonly Template[] | undefined {
  const source = entryOf(script, 'source');
  if (source !== undefined)
    return builder.refuse(
      'open-workflow-unsupported',
      source,
      'A script in another place is not fetched.',
      'Write it out under `code`.',
    );
  const spot = entryOf(script, 'language')!;
  const language = String(toJson(spot.node)).toLowerCase();
  const interpreter = Object.hasOwn(INTERPRETERS, language) ? INTERPRETERS[language] : undefined;
  if (interpreter === undefined)
    return builder.refuse(
      'open-workflow-unsupported',
      spot,
      `Scripts in \`${shorten(language)}\` are not run here.`,
      'Write `js` or `python`, or use `run: shell`.',
    );
  // Taken as it is: `${ }` in a program is its own.
  return [...interpreter.map(literal), literal(String(toJson(entryOf(script, 'code')!.node)))];
}

function compileCommand(
  task: Task,
  run: Spot<TreeMap>,
  program: Spot<TreeMap>,
  command: readonly Template[],
  builder: Builder,
): Made | undefined {
  const fields = actionFields('command/run', task, builder);
  if (fields === undefined) return undefined;
  const form = entryOf(run, 'return');
  const returned = form === undefined ? 'stdout' : String(toJson(form.node));
  const stdin = entryOf(program, 'stdin');
  const environment = entryOf(program, 'environment');
  const entries: (readonly [string, Template])[] = [
    ['run', asTexts(command, entryOf(program, 'arguments'), builder)],
    ...(stdin === undefined ? [] : [['stdin', asText(builder.readTemplate(stdin))] as const]),
    ...(environment === undefined
      ? []
      : [['environment', asTextMembers(builder.readTemplate(environment))] as const]),
    ...(returned === 'code' || returned === 'all' ? [['successCodes', literal(ANY_CODE)] as const] : []),
  ];
  const source = RESULTS[returned];
  return {
    ...fields,
    with: { kind: 'map', entries },
    result: source === undefined ? literal(null) : { kind: 'expression', expression: jq(source) },
  };
}

function literal(value: string | number | null | readonly (string | number)[]): Template {
  return { kind: 'literal', value };
}

/** The command line: what is no text among the arguments becomes its JSON. */
function asTexts(command: readonly Template[], spot: Spot | undefined, builder: Builder): Template {
  const given = spot === undefined ? undefined : builder.readTemplate(spot);
  if (given?.kind === 'literal' && Array.isArray(given.value))
    return {
      kind: 'list',
      items: [...command, ...(given.value as readonly string[]).map((text) => asText(literal(text)))],
    };
  return { kind: 'list', items: given?.kind === 'list' ? [...command, ...given.items.map(asText)] : command };
}

function asText(template: Template): Template {
  if (template.kind === 'text') return template;
  if (template.kind === 'literal') {
    const { value } = template;
    return literal(typeof value === 'string' ? value : JSON.stringify(value));
  }
  return { kind: 'expression', expression: jq(`${toJq(template)} | if . == null then "" else tostring end`) };
}

/** Of a map, by the standard: written out, or with expressions in it. */
function asTextMembers(template: Template): Template {
  const members =
    template.kind === 'map'
      ? template.entries
      : Object.entries((template as { readonly value: JsonObject }).value).map(
          ([key, value]) => [key, { kind: 'literal', value }] as const,
        );
  return { kind: 'map', entries: members.map(([key, value]) => [key, asText(value)] as const) };
}

/** A run of another workflow of the project, of its newest version: a version by another number than ours is none here. */
function compileWorkflow(workflow: Spot<TreeMap>, builder: Builder): Made {
  const name = entryOf(workflow, 'name')!;
  const input = entryOf(workflow, 'input');
  const version = entryOf(workflow, 'version')!;
  const wanted = String(toJson(version.node));
  if (wanted !== 'latest' && !/^\d+(\.\d+){0,2}([-+].*)?$/.test(wanted))
    builder.report.add(
      'open-workflow-invalid',
      atValue(version),
      'This is no version.',
      'Write `latest`, or a version such as `1.0.0`.',
    );
  const called = toName(String(toJson(name.node)));
  if (isScalar(name))
    builder.calls.push({ name: { ...name, node: { ...name.node, value: called } }, version: undefined });
  return {
    kind: 'workflow',
    workflow: called,
    // The newest one, filled in when the definition is saved.
    version: 0,
    inputs:
      input === undefined
        ? { kind: 'expression', expression: jq('if type == "object" then . else {} end') }
        : builder.readTemplate(input),
  };
}
