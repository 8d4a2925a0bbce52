import type { Input, InputType, Pipeline, Trigger } from '../pipeline.js';
import { MAX_JOBS, type Reading, startOf } from '../reading/context.js';
import { lookUp } from '../reading/look-up.js';
import { Value } from '../reading/value.js';
import { type Config, readConfig } from './include.js';
import { readJob } from './jobs.js';
import { orderByStages } from './order.js';
import { Resolver } from './resolve.js';
import { readTriggers } from './triggers.js';

/** Keys of the outermost map that are no jobs. */
const NO_JOBS = [
  ...['default', 'include', 'stages', 'variables', 'workflow', 'image', 'services', 'cache', 'spec'],
  ...['before_script', 'after_script', 'types'],
];

/** At most so many child pipelines of a file are read. */
const MAX_CHILDREN = 50;

/** The pipeline of GitLab, and those that its jobs start from files of the same repository. */
export function readGitLabCi(reading: Reading): readonly Pipeline[] {
  const first = readFile(reading, reading.file);
  const pipelines = first === undefined ? [] : [first];
  const seen = new Set([reading.file]);
  // Grows while it is gone through.
  for (const pipeline of pipelines) {
    for (const { calls } of pipeline.jobs) {
      if (calls?.pinning !== 'local' || seen.has(calls.name) || seen.size > MAX_CHILDREN) continue;
      seen.add(calls.name);
      const child = reading.attempt(() => readFile(reading, calls.name));
      if (child !== undefined)
        pipelines.push({ ...child, name: calls.name, triggers: [{ kind: 'call', place: calls.place }] });
    }
  }
  return pipelines;
}

function readFile(reading: Reading, file: string): Pipeline | undefined {
  const start = startOf(file);
  const { root, inputs, uses } = readConfig(reading, file, start);
  if (!root.isMap) {
    reading.note('shape-unexpected', root.place, 'A pipeline is a map of jobs.');
    return undefined;
  }
  const resolver = new Resolver(root, reading);
  const bodies = jobsOf(root, resolver, reading);
  const defaults = resolver.value(root.get('default'));
  const read = bodies.map(([name, body, place]) =>
    readJob({ name, body, place, defaults: withOuter(defaults, root, resolver) }, reading),
  );
  return {
    platform: 'gitlab-ci',
    name: root.get('workflow', 'name').text ?? file,
    place: start,
    triggers: triggersOf(
      root,
      resolver.value(root.get('workflow', 'rules')),
      bodies.map(([, body]) => body),
      inputs,
    ),
    inputs: readInputs(root, inputs),
    jobs: orderByStages(read, root.get('stages').texts, reading),
    uses,
  };
}

function jobsOf(root: Config['root'], resolver: Resolver, reading: Reading) {
  const names = root.entries.filter(([name]) => !NO_JOBS.includes(name) && !name.startsWith('.'));
  if (names.length > MAX_JOBS) reading.note('jobs-too-many', root.place);
  return names.slice(0, MAX_JOBS).flatMap(([name, own, place]) => {
    const body = own.isMap ? resolver.job(name) : own;
    if (['script', 'trigger', 'run'].some((key) => body.get(key).exists))
      return [[name, body, place] as const];
    const remote = body.get('extends').exists;
    const why = remote ? 'What it extends was not read.' : 'A job has `script`, `run` or `trigger`.';
    reading.note(remote ? 'reference-missing' : 'shape-unexpected', place, why);
    return [];
  });
}

/** What stood outermost before there was `default` counts where that says nothing. */
function withOuter(defaults: Value, root: Value, resolver: Resolver): (key: string) => Value {
  return (key) => {
    const inner = defaults.get(key);
    return inner.exists ? inner : resolver.value(root.get(key));
  };
}

function triggersOf(root: Value, rules: Value, jobs: readonly Value[], inputs: Value): readonly Trigger[] {
  const found = readTriggers(root, rules, jobs);
  return inputs.exists && !found.some(({ kind }) => kind === 'manual')
    ? [...found, { kind: 'manual', place: inputs.place }]
    : found;
}

const TYPES: Readonly<Record<string, InputType>> = { boolean: 'boolean', number: 'number', array: 'list' };

/** Of `spec: inputs`, and variables that are described, which a person may fill in. */
function readInputs(root: Value, inputs: Value): readonly Input[] {
  const declared = inputs.entries.map(([name, body, place]): Input => {
    const initial = body.get('default');
    const choices = body.get('options').texts;
    return {
      name,
      type: choices.length > 0 ? 'choice' : (lookUp(TYPES, body.get('type').text) ?? 'text'),
      required: !initial.exists,
      place,
      ...(initial.exists ? { default: initial.toJson() } : {}),
      ...(choices.length === 0 ? {} : { choices }),
    };
  });
  const variables = root.get('variables').entries.flatMap(([name, body, place]): Input[] => {
    if (!body.get('description').exists) return [];
    const initial = body.get('value');
    const choices = body.get('options').texts;
    return [
      {
        name,
        type: choices.length > 0 ? 'choice' : 'text',
        required: false,
        place,
        ...(initial.exists ? { default: initial.text ?? '' } : {}),
        ...(choices.length === 0 ? {} : { choices }),
      },
    ];
  });
  return [...declared, ...variables];
}
