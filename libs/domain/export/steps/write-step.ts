import type {
  CompensationDefinition,
  SecretsDefinition,
  StepDefinition,
  StepDefinitionOf,
  StepKind,
  StepsDefinition,
} from '../../definition/definition.js';
import type { Path } from '../../definition/path.js';
import type { Json, JsonObject } from '../../json.js';
import { below, type Writing } from '../target.js';
import { writeIdiom } from './write-idiom.js';
import { writeRetry } from './write-retry.js';

interface StepPlace {
  readonly path: Path;
  readonly writer: StepWriter;
}

type WriteKind<K extends StepKind> = (step: StepDefinitionOf<K>, place: StepPlace) => JsonObject;

/** Writes steps as a list of steps has them. */
export class StepWriter {
  constructor(
    readonly writing: Writing,
    private readonly plain: ReadonlySet<string>,
    /** Steps whose output is read, which has other members where people write a command. */
    private readonly read: ReadonlySet<string>,
  ) {}

  writeBlock(steps: StepsDefinition, path: Path): JsonObject[] {
    const all = [...steps.values()];
    const inOrder = all.every(
      (step, at) =>
        step.if === undefined && (step.needs === undefined || step.needs.join() === above(all, at).join()),
    );
    return all.map((step, at) => {
      const order = inOrder ? {} : { dependencies: step.needs ?? above(all, at) };
      return this.writeOne(step, below(path, step.id), order);
    });
  }

  isPlain(id: string): boolean {
    return this.plain.has(id) || this.read.has(id);
  }

  refuse(path: Path, what: string, hint: string): void {
    this.writing.refuse(path, `A list of steps has no words for ${what}.`, hint);
  }

  private writeOne(step: StepDefinition, path: Path, order: JsonObject): JsonObject {
    this.writing.paths.set(step.id, path);
    for (const key of ['locks', 'resources', 'priority'] as const)
      if (step[key] !== undefined) this.refuse(below(path, key), `\`${key}\``, 'Remove it.');
    const { id, name, timeout, retry, onFailure, compensate } = step;
    return {
      id,
      ...(name === undefined ? {} : { name }),
      ...order,
      ...(step.if === undefined ? {} : { condition: step.if }),
      ...this.writeKind(step, path),
      ...(timeout === undefined ? {} : { timeout }),
      ...(retry === undefined ? {} : { retryPolicy: writeRetry(retry) }),
      ...(onFailure === undefined || onFailure === 'fail' ? {} : { onFailure }),
      ...(compensate === undefined ? {} : { rollback: this.writeCompensation(compensate, path) }),
    };
  }

  private writeKind<K extends StepKind>(step: StepDefinitionOf<K>, path: Path): JsonObject {
    const write: WriteKind<K> = KINDS[step.kind];
    return write(step, { path, writer: this });
  }

  private writeCompensation(compensation: CompensationDefinition, path: Path): JsonObject {
    const { uses, with: given, timeout, retry, secrets } = compensation;
    if (secrets !== undefined)
      this.refuse(below(path, 'compensate', 'secrets'), 'these secrets', 'Hand them over otherwise.');
    return {
      uses,
      with: given,
      ...(timeout === undefined ? {} : { timeout }),
      ...(retry === undefined ? {} : { retryPolicy: writeRetry(retry) }),
    };
  }
}

function above(steps: readonly StepDefinition[], at: number): string[] {
  return at === 0 ? [] : [steps[at - 1]!.id];
}

/** How each kind of step is written; one row per kind. */
const KINDS: { readonly [K in StepKind]: WriteKind<K> } = {
  uses(step, { path, writer }) {
    const idiom = writer.isPlain(step.id) ? undefined : writeIdiom(step);
    const { uses, with: given, secrets, output, pool } = step;
    if (output !== undefined)
      writer.refuse(below(path, 'output'), 'the schema of an output', 'Check the output in a later step.');
    if (pool !== undefined)
      writer.refuse(
        below(path, 'pool'),
        'a pool of workers',
        'Remove `pool`, or keep the definition as it is.',
      );
    if (idiom !== undefined) return idiom;
    refuseSecrets(secrets, path, writer);
    return { uses, ...(Object.keys(given).length === 0 ? {} : { with: given }) };
  },
  forEach({ forEach: loop }, { path, writer }) {
    if (loop.quorum !== undefined)
      writer.refuse(below(path, 'forEach', 'quorum'), 'a quorum of a loop', 'Remove it.');
    if (!('in' in loop)) {
      writer.refuse(below(path, 'forEach', 'matrix'), 'combinations of lists', 'Loop over one list of maps.');
      return {};
    }
    return {
      type: 'foreach',
      items: loop.in,
      as: loop.as,
      ...(loop.limit === undefined ? { parallel: true } : { maxConcurrency: loop.limit }),
      ...(loop.failFast ? {} : { failFast: false }),
      steps: writer.writeBlock(loop.steps, below(path, 'steps')),
    };
  },
  loop({ loop }, { path, writer }) {
    if (loop.as !== 'turn')
      writer.refuse(below(path, 'loop', 'as'), 'another name of the turn', 'Call it `turn`.');
    const { delay, max } = loop;
    const count = (text: string) => text.replace(/\bturn\.index\b/g, 'index');
    return mapTexts(
      {
        type: 'loop',
        ...writeWhile(loop.while),
        ...(loop.until === undefined ? {} : { until: loop.until }),
        maxIterations: max,
        ...(delay === undefined ? {} : { delay }),
        steps: writer.writeBlock(loop.steps, below(path, 'steps')),
      },
      count,
    ) as JsonObject;
  },
  parallel({ parallel: { limit, failFast, quorum, branches } }, { path, writer }) {
    if (quorum !== undefined && quorum !== 1)
      writer.refuse(
        below(path, 'parallel', 'quorum'),
        'a quorum of several branches',
        'Write 1, or remove it.',
      );
    return {
      type: 'parallel',
      ...(limit === undefined ? {} : { limit }),
      ...(quorum === undefined ? (failFast ? { failFast: true } : {}) : { completion: 'any' }),
      branches: Object.fromEntries(
        [...branches].map(([name, steps]) => [
          name,
          { steps: writer.writeBlock(steps, below(path, 'parallel', 'branches', name, 'steps')) },
        ]),
      ),
    };
  },
  switch({ switch: cases }, { path, writer }) {
    const steps = (at: number) => writer.writeBlock(cases[at]!.steps, below(path, 'switch', at, 'steps'));
    const last = cases.findIndex((each) => each.if === undefined);
    return {
      type: 'switch',
      cases: cases.flatMap((each, at) =>
        each.if === undefined ? [] : [{ when: each.if, steps: steps(at) }],
      ),
      ...(last < 0 ? {} : { default: steps(last) }),
    };
  },
  set: ({ set }) => ({ type: 'set', variables: set }),
  wait: ({ wait }) =>
    'for' in wait ? { type: 'wait', duration: wait.for } : { type: 'wait', until: wait.until },
  raise: ({ raise: { error, message } }) => ({ type: 'fail', code: error, message }),
  try(_, { path, writer }) {
    writer.refuse(
      below(path, 'try'),
      '`try`',
      'Let a step beside it run after the failure: `needs` and `if`.',
    );
    return {};
  },
  approval({ approval }, { path, writer }) {
    const { by, quorum, expires, onExpiry, onReject, message } = approval;
    for (const key of ['remind', 'escalate', 'inputs'] as const)
      if (approval[key] !== undefined)
        writer.refuse(below(path, 'approval', key), `\`${key}\` of an approval`, 'Remove it.');
    if (approval.selfApproval)
      writer.refuse(below(path, 'approval', 'selfApproval'), '`selfApproval`', 'Remove it.');
    return {
      type: 'approval',
      approvers: by,
      quorum,
      ...(message === undefined ? {} : { message }),
      ...(expires === undefined ? {} : { expires }),
      onExpiry,
      onReject,
    };
  },
  waitFor: ({ waitFor }) => ({
    type: 'wait',
    event: waitFor.event,
    ...(waitFor.if === undefined ? {} : { filter: waitFor.if }),
  }),
  emit: ({ emit: { event, data } }) => ({ type: 'emit', event, ...(data === null ? {} : { data }) }),
  workflow({ workflow: { name, version, inputs } }, { path, writer }) {
    if (typeof version === 'string')
      writer.refuse(
        below(path, 'workflow', 'version'),
        'a version by its name',
        'Write the number of the version.',
      );
    return {
      type: 'workflow',
      workflow: name,
      ...(version === undefined ? {} : { version }),
      ...(Object.keys(inputs).length === 0 ? {} : { inputs }),
    };
  },
};

/** A number of turns, where that is what is asked. */
function writeWhile(condition: string | undefined): JsonObject {
  const count = /^turn\.index < (\d{1,6})$/.exec(condition ?? '')?.[1];
  if (count !== undefined) return { count: Number(count) };
  return condition === undefined ? {} : { while: condition };
}

function refuseSecrets(secrets: SecretsDefinition | undefined, path: Path, writer: StepWriter): void {
  if (secrets !== undefined)
    writer.refuse(
      below(path, 'secrets'),
      'these secrets',
      'Only a command whose output nobody reads can be handed secrets, from `env:SLUICE_SECRET_<NAME>`.',
    );
}

function mapTexts(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map((each) => mapTexts(each, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapTexts(each, change)]));
}
