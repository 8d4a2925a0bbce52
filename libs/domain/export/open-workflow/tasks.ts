import type { StepDefinitionOf, StepKind } from '../../definition/definition.js';
import { parseDuration } from '../../definition/duration.js';
import type { Json, JsonObject } from '../../json.js';
import { below } from '../target.js';
import { toJq, Untranslatable } from './to-jq.js';
import type { Task, TaskPlace } from './write-document.js';
import { writeValue } from './write-value.js';

type WriteTask<K extends StepKind> = (step: StepDefinitionOf<K>, place: TaskPlace) => Task;

/** How each kind of step is written; one row per kind. */
export const TASKS: { readonly [K in StepKind]: WriteTask<K> } = {
  uses(step, place) {
    const { path, writer } = place;
    for (const key of ['secrets', 'output', 'pool'] as const)
      if (step[key] !== undefined) writer.refuse(below(path, key), `\`${key}\``, 'Remove it.');
    if (step.uses === 'command/run') return writeCommand(step, place);
    return { task: writer.refuse(below(path, 'uses'), `the action ${step.uses}`, 'Use a command.') };
  },
  forEach({ forEach: loop }, { path, names, variables, writer }) {
    const at = below(path, 'forEach');
    if (!('in' in loop) || loop.limit !== 1 || loop.quorum !== undefined || !loop.failFast)
      return {
        task: writer.refuse(
          at,
          'a loop but over one list, one item after the other',
          'Write `in` and `limit: 1`.',
        ),
      };
    const list = writeValue(loop.in, names);
    const source = typeof list === 'string' ? list : `\${ ${JSON.stringify(list)} }`;
    if (typeof list !== 'string' && JSON.stringify(list).includes('${'))
      throw new Untranslatable('a list of expressions; compute the whole list in one');
    const inner = new Map([...variables, [loop.as, `$${loop.as}`]]);
    const steps = writer.writeBlock(loop.steps, below(path, 'steps'), inner);
    return { task: { for: { each: loop.as, in: source }, do: steps } };
  },
  loop: (_, { path, writer }) => ({
    task: writer.refuse(below(path, 'loop'), 'such a loop', 'Loop over a list: `forEach`.'),
  }),
  parallel: (_, { path, writer }) => ({
    task: writer.refuse(
      below(path, 'parallel'),
      'branches whose steps others read',
      'Write the steps one after the other.',
    ),
  }),
  switch({ switch: cases }, { path, names, variables, writer }) {
    const before: string[] = [];
    const branches = cases.map(({ if: source, steps }, at): JsonObject => {
      const own = source === undefined ? [] : [`(${toJq(source, names)})`];
      const condition = [...before.map((each) => `(${each} | not)`), ...own].join(' and ');
      before.push(...own);
      const block = writer.writeBlock(steps, below(path, 'switch', at, 'steps'), variables);
      return { [`case-${at + 1}`]: { ...(condition === '' ? {} : { if: `\${ ${condition} }` }), do: block } };
    });
    return { task: { do: branches } };
  },
  set: ({ set }, { names }) => ({
    task: { set: writeValue(set, names) },
    produces: { as: '.', reads: 'all' },
  }),
  wait({ wait }, { path, writer }) {
    const ms = 'for' in wait ? parseDuration(wait.for) : undefined;
    return ms === undefined
      ? { task: writer.refuse(below(path, 'wait'), 'a moment, or a computed duration', 'Write a duration.') }
      : { task: { wait: { milliseconds: ms } } };
  },
  raise({ raise: { error, message } }, { path, names, writer }) {
    writer.writing.note(
      'decided',
      below(path, 'raise'),
      `The error \`${error}\` is of the type \`urn:sluice:${error}\`, with the status 500.`,
    );
    const detail = writeValue(message, names);
    return { task: { raise: { error: { type: `urn:sluice:${error}`, title: error, status: 500, detail } } } };
  },
  try: (_, { path, writer }) => ({
    task: writer.refuse(
      below(path, 'try'),
      'a `catch` that goes by classes of errors',
      'Write it there by hand.',
    ),
  }),
  approval: (_, { path, writer }) => ({
    task: writer.refuse(below(path, 'approval'), 'approvals', 'Wait for an event.'),
  }),
  waitFor({ waitFor }, { path, writer }) {
    if (waitFor.if !== undefined || waitFor.event.includes('${'))
      return { task: writer.refuse(below(path, 'waitFor'), 'this condition', 'Wait for a name alone.') };
    return {
      task: { listen: { to: { one: { with: { type: waitFor.event } } } } },
      produces: { as: '{data: .[0]}', reads: new Set(['data']) },
    };
  },
  emit({ emit: { event, data } }, { path, names, writer }) {
    if (event.includes('${'))
      return {
        task: writer.refuse(below(path, 'emit'), 'a computed name', 'Write the name of the event out.'),
      };
    return {
      task: {
        emit: { event: { with: { source: 'urn:sluice', type: event, data: writeValue(data, names) } } },
      },
    };
  },
  workflow({ workflow: { name, version, inputs } }, { path, names, writer }) {
    if (version !== undefined)
      writer.refuse(
        below(path, 'workflow', 'version'),
        'our numbers of versions',
        'Call the newest version.',
      );
    const input = writeValue(inputs, names);
    return {
      task: { run: { workflow: { namespace: 'default', name, version: 'latest', input } } },
      produces: { as: '.', reads: 'all' },
    };
  },
};

/** Only what it prints is handed on: it fails where its exit code is not 0, as ours does. */
function writeCommand({ with: given }: StepDefinitionOf<'uses'>, { path, names, writer }: TaskPlace): Task {
  const { run, environment, stdin, parse, ...rest } = given;
  for (const key of Object.keys(rest))
    writer.refuse(below(path, 'with', key), `\`${key}\` of a command`, 'Say it in the command itself.');
  if (!Array.isArray(run))
    return {
      task: writer.refuse(below(path, 'with', 'run'), 'a computed command', 'Write its parts as a list.'),
    };
  const argv = writeValue(run as Json, names) as readonly Json[];
  const isLine = argv[0] === 'sh' && argv[1] === '-c' && argv.length === 3;
  if (isLine && /\$\{?0/.test(String(run[2])))
    writer.refuse(below(path, 'with', 'run'), 'the name of the shell', 'Do not ask for `$0`.');
  return {
    task: {
      run: {
        shell: {
          command: isLine ? argv[2]! : 'exec "$@"',
          ...(isLine ? {} : { arguments: argv }),
          ...(stdin === undefined ? {} : { stdin: writeValue(stdin, names) }),
          ...(environment === undefined ? {} : { environment: writeValue(environment, names) }),
        },
      },
    },
    produces: {
      as: parse === 'json' ? '{stdout: ., exitCode: 0, result: fromjson}' : '{stdout: ., exitCode: 0}',
      reads: new Set(['stdout', 'exitCode', ...(parse === 'json' ? ['result'] : [])]),
    },
  };
}
