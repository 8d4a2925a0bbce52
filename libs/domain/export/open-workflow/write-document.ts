import type {
  Definition,
  StageDefinition,
  StepDefinition,
  StepsDefinition,
} from '../../definition/definition.js';
import { parseDuration } from '../../definition/duration.js';
import type { Path } from '../../definition/path.js';
import { isJsonObject, type Json, type JsonObject } from '../../json.js';
import { below, type ExportTarget, type Writing } from '../target.js';
import { TASKS } from './tasks.js';
import { contextStep, type Names, type Produced, Untranslatable } from './to-jq.js';
import { writeCondition, writeValue } from './write-value.js';

/**
 * A sequence of tasks. `$context` holds the inputs with their defaults, and the output of each step that has one: what
 * later steps read is read from there.
 */
export const openWorkflowTarget: ExportTarget = {
  comparesPlans: false,
  write(definition, writing) {
    const writer = new TaskWriter(definition, writing);
    const { name, description, inputs } = definition;
    refuseWhole(definition, writing);
    const schemas = Object.entries(inputs);
    const defaults = schemas.filter(([, schema]) => Object.hasOwn(schema, 'default'));
    const required = schemas.filter(([, schema]) => !Object.hasOwn(schema, 'default')).map(([each]) => each);
    const tasks = [...definition.stages.values()].flatMap((stage) => writer.writeStage(stage));
    const output = writer.attempt(below(undefined, 'output'), () =>
      writeValue(definition.output ?? null, writer.names(new Map())),
    );
    writing.note(
      'decided',
      undefined,
      'A member that is missing fails an expression of Sluice; in jq it is null.',
    );
    return {
      document: {
        dsl: '1.0.3',
        namespace: 'default',
        name,
        version: '1.0.0',
        ...(description === undefined ? {} : { summary: description }),
      },
      input: {
        schema: {
          format: 'json',
          document: {
            type: 'object',
            properties: inputs,
            ...(required.length === 0 ? {} : { required }),
            additionalProperties: false,
          },
        },
      },
      do: [
        {
          begin: {
            set: `\${ ${JSON.stringify(Object.fromEntries(defaults.map(([each, schema]) => [each, schema['default']!])))} + $workflow.input }`,
            export: { as: '${ { inputs: ., steps: {} } }' },
          },
        },
        ...tasks,
      ],
      output: {
        as:
          typeof output === 'string' || isJsonObject(output ?? null)
            ? output!
            : `\${ ${JSON.stringify(output ?? null)} }`,
      },
    };
  },
};

function refuseWhole({ defaults, concurrency, stages }: Definition, writing: Writing): void {
  if (defaults.timeout !== undefined || defaults.retry !== undefined)
    writing.refuse(
      below(undefined, 'defaults'),
      'There are no defaults of all tasks.',
      'Write them into the steps.',
    );
  if (concurrency !== undefined)
    writing.refuse(
      below(undefined, 'concurrency'),
      'The standard does not say which runs take turns.',
      'Remove `concurrency`.',
    );
  let above: string | undefined;
  for (const stage of stages.values()) {
    const path = below(undefined, 'stages', stage.id);
    for (const key of ['if', 'timeout', 'retry', 'resources', 'priority'] as const)
      if (stage[key] !== undefined)
        writing.refuse(
          below(path, key),
          `A stage has no \`${key}\` there.`,
          'Write it into the steps, or remove it.',
        );
    refuseOrder(stage, above, path, writing);
    above = stage.id;
  }
}

function refuseOrder(
  { needs, onFailure }: StageDefinition | StepDefinition,
  above: string | undefined,
  path: Path,
  writing: Writing,
): void {
  if (needs !== undefined && needs.join() !== (above ?? ''))
    writing.refuse(
      below(path, 'needs'),
      'Tasks follow one another as they are written.',
      'Write the steps in their order, without `needs`.',
    );
  if (onFailure !== undefined && onFailure !== 'fail')
    writing.refuse(below(path, 'onFailure'), 'A failed task ends the run.', 'Remove `onFailure`.');
}

/** Writes steps as tasks, and remembers what each puts out. */
class TaskWriter {
  private readonly produced = new Map<string, Produced>();

  constructor(
    definition: Definition,
    readonly writing: Writing,
  ) {
    this.inputs = new Set(Object.keys(definition.inputs));
  }

  private readonly inputs: ReadonlySet<string>;

  names(variables: ReadonlyMap<string, string>): Names {
    return { inputs: this.inputs, steps: this.produced, variables };
  }

  writeStage(stage: StageDefinition): JsonObject[] {
    return this.writeBlock(stage.steps, below(undefined, 'stages', stage.id, 'steps'), new Map());
  }

  writeBlock(steps: StepsDefinition, path: Path, variables: ReadonlyMap<string, string>): JsonObject[] {
    let above: string | undefined;
    return [...steps.values()].map((step) => {
      const at = below(path, step.id);
      refuseOrder(step, above, at, this.writing);
      above = step.id;
      return { [step.id]: this.attempt(at, () => this.writeStep(step, at, variables)) ?? {} };
    });
  }

  /** Does `work`; what has no counterpart in jq is refused. */
  attempt<T>(path: Path, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Untranslatable)) throw error;
      this.writing.refuse(
        path,
        `An expression has no counterpart in jq: ${error.message}.`,
        'Write it in simpler terms.',
      );
      return undefined;
    }
  }

  refuse(path: Path, what: string, hint: string): JsonObject {
    this.writing.refuse(path, `The standard has no words for ${what}.`, hint);
    return {};
  }

  private writeStep(step: StepDefinition, path: Path, variables: ReadonlyMap<string, string>): JsonObject {
    this.writing.paths.set(step.id, path);
    for (const key of ['retry', 'locks', 'resources', 'priority', 'compensate', 'name'] as const)
      if (step[key] !== undefined) this.refuse(below(path, key), `\`${key}\``, 'Remove it.');
    const names = this.names(variables);
    const condition = step.if === undefined ? {} : { if: writeCondition(step.if, names) };
    const ms = step.timeout === undefined ? undefined : parseDuration(step.timeout);
    const write = TASKS[step.kind] as (step: StepDefinition, place: TaskPlace) => Task;
    const { task, produces } = write(step, { path, names, variables, writer: this });
    if (produces !== undefined) this.produced.set(step.id, produces.reads);
    return {
      ...condition,
      ...task,
      ...(ms === undefined ? {} : { timeout: { after: { milliseconds: ms } } }),
      ...(produces === undefined ? {} : { export: { as: `\${ ${contextStep(step.id, produces.as)} }` } }),
    };
  }
}

export interface TaskPlace {
  readonly path: Path;
  readonly names: Names;
  readonly variables: ReadonlyMap<string, string>;
  readonly writer: TaskWriter;
}

export interface Task {
  readonly task: Readonly<Record<string, Json>>;
  /** jq of the step's output, out of the task's; and which of its members are there. */
  readonly produces?: { readonly as: string; readonly reads: Produced };
}
