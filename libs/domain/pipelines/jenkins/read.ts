import type { Input, InputType, Pipeline, Trigger } from '../pipeline.js';
import { type Reading, startOf } from '../reading/context.js';
import { lookUp } from '../reading/look-up.js';
import { blockIn, callsIn, DeclarativeWalk } from './declarative.js';
import { Drafts } from './draft.js';
import { blocksOf, Names } from './names.js';
import { parseGroovy } from './parse.js';
import { ScriptWalk } from './scripted.js';
import { argumentOf, readLibraries } from './steps.js';
import type { Call, Expression, Statement } from './syntax.js';

/** A Jenkinsfile, declarative or scripted. */
export function readJenkins(reading: Reading): readonly Pipeline[] {
  const start = startOf(reading.file);
  const statements = parseGroovy(reading.text(reading.file, start), reading);
  const names = new Names(statements);
  const drafts = new Drafts(reading);
  const script = new ScriptWalk(drafts, names, reading);
  const [declared] = callsIn(statements, 'pipeline');
  if (declared?.block !== undefined)
    new DeclarativeWalk(drafts, names, reading, script).pipeline(declared.block);
  else script.walk(statements, { runner: [], images: [] }, undefined);
  const settings = settingsOf(statements, declared?.block ?? []);
  const single = settings.calls.find(({ name }) => name === 'disableConcurrentBuilds');
  return [
    {
      platform: 'jenkins',
      name: reading.file,
      place: start,
      triggers: settings.triggers.flatMap((call) => readTrigger(call, names)),
      inputs: settings.parameters.flatMap((call) => readParameter(call, names)),
      jobs: drafts.jobs,
      uses: [...callsIn(statements), ...libraryCalls(declared?.block ?? [])].flatMap((call) =>
        readLibraries(call, names),
      ),
      ...(single === undefined ? {} : { concurrency: 'one build at a time' }),
    },
  ];
}

function libraryCalls(block: readonly Statement[]): readonly Call[] {
  return callsIn(blockIn(block, 'libraries')).map((call) => ({
    ...call,
    name: call.name === 'lib' ? 'library' : '',
  }));
}

/** Of `triggers { }`, `parameters { }` and `options { }`, or of `properties([ … ])`. */
function settingsOf(statements: readonly Statement[], pipeline: readonly Statement[]) {
  const properties = findCalls(statements, 'properties').flatMap(({ args }) => args.flatMap(callsOf));
  const within = (name: string) =>
    properties.filter((call) => call.name === name).flatMap(({ args }) => args.flatMap(callsOf));
  return {
    triggers: [...callsIn(blockIn(pipeline, 'triggers')), ...within('pipelineTriggers')],
    parameters: [...callsIn(blockIn(pipeline, 'parameters')), ...within('parameters')],
    calls: [...callsIn(blockIn(pipeline, 'options')), ...properties],
  };
}

function findCalls(statements: readonly Statement[], name: string): readonly Call[] {
  return statements.flatMap((each) => [
    ...callsIn([each], name),
    ...blocksOf(each).flatMap((block) => findCalls(block, name)),
  ]);
}

function callsOf(expression: Expression): readonly Call[] {
  if (expression.kind === 'call') return [expression.call];
  if (expression.kind === 'list') return expression.items.flatMap(callsOf);
  return expression.kind === 'other' ? expression.parts.flatMap(callsOf) : [];
}

function readTrigger(call: Call, names: Names): readonly Trigger[] {
  const { name, place } = call;
  const text = names.text(argumentOf(call, 'spec'));
  const cron = text === undefined ? {} : { cron: text };
  if (name === 'cron' || name === 'parameterizedCron') return [{ kind: 'schedule', place, ...cron }];
  if (name === 'pollSCM') return [{ kind: 'push', event: name, place, ...cron }];
  if (name === 'githubPush') return [{ kind: 'push', event: name, place }];
  return [{ kind: name === 'upstream' ? 'call' : 'event', event: name, place }];
}

const TYPES: Readonly<Record<string, InputType>> = {
  string: 'text',
  text: 'text',
  password: 'text',
  booleanParam: 'boolean',
  choice: 'choice',
  file: 'object',
  run: 'text',
};

function readParameter(call: Call, names: Names): readonly Input[] {
  const type = lookUp(TYPES, call.name);
  const name = names.text(argumentOf(call, 'name', -1));
  if (type === undefined || name === undefined) return [];
  const listed = argumentOf(call, 'choices', -1);
  const choices =
    listed?.kind === 'list'
      ? listed.items.map((each) => names.text(each) ?? '…')
      : (names
          .text(listed)
          ?.split('\n')
          .filter((each) => each !== '') ?? []);
  const initial = type === 'choice' ? choices[0] : names.text(argumentOf(call, 'defaultValue', -1));
  // The initial value of a password is nothing to show.
  const shown = call.name === 'password' || initial === undefined ? undefined : initial;
  return [
    {
      name,
      type,
      required: false,
      place: call.place,
      ...(shown === undefined ? {} : { default: type === 'boolean' ? shown === 'true' : shown }),
      ...(choices.length === 0 ? {} : { choices }),
    },
  ];
}
