import type { InputValue, PipelineInput } from '#contracts/cicd/execution.js';
import type { Json } from '#domain/json.js';
import type { Answer } from '../http/answer.js';

const DEFINITION = 'parameterDefinitions[name,type,description,choices,defaultParameterValue[value]]';

/** What is asked of a job to know its parameters; older servers name them among the actions. */
export const PARAMETERS_TREE = `property[${DEFINITION}],actions[${DEFINITION}]`;

interface Parameter extends PipelineInput {
  /** `StringParameterDefinition`. */
  readonly definition: string;
}

/** Parameters that a job declares; every one has a value when none is given. */
export function readDeclared(job: Answer): readonly Parameter[] {
  const declared = new Map<string, Parameter>();
  for (const holder of [...job.findList('property'), ...job.findList('actions')])
    for (const definition of holder.findList('parameterDefinitions')) {
      const parameter = readParameter(definition);
      declared.set(parameter.name, parameter);
    }
  return [...declared.values()];
}

/** Whether it asks for parameters, even if there is none: it cannot be started as one that does not. */
export function isParameterized(job: Answer): boolean {
  return [...job.findList('property'), ...job.findList('actions')].some((holder) =>
    holder.has('parameterDefinitions'),
  );
}

/** Without what only a file or a form can give. */
export function toInputs(declared: readonly Parameter[], keyParameter: string): readonly PipelineInput[] {
  return declared
    .filter(({ name, definition }) => name !== keyParameter && !isFile(definition))
    .map(({ definition: _, ...input }) => input);
}

/** What is wrong with inputs, by the declarations; what Jenkins would drop without a word is wrong, too. */
export function findProblems(
  inputs: Readonly<Record<string, InputValue>>,
  declared: readonly Parameter[],
): readonly string[] {
  const byName = new Map(declared.map((parameter) => [parameter.name, parameter]));
  return Object.entries(inputs).flatMap(([name, value]) => {
    const parameter = byName.get(name);
    if (parameter === undefined) return [`${name} is no parameter of the job`];
    const problem = findProblem(parameter, value);
    return problem === undefined ? [] : [`${name} ${problem}`];
  });
}

function findProblem({ type, choices, definition }: Parameter, value: InputValue): string | undefined {
  if (isFile(definition)) return 'takes a file, which cannot be given here';
  if (type === 'boolean' && !/^(true|false)$/.test(String(value))) return 'must be true or false';
  if (type === 'choice' && choices !== undefined && !choices.includes(String(value)))
    return `must be one of ${choices.slice(0, 20).join(', ')}`;
  return undefined;
}

function readParameter(definition: Answer): Parameter {
  const name = definition.text('name');
  const kind = definition.findText('type') ?? 'StringParameterDefinition';
  const choices = definition.find('choices');
  const value = definition.findObject('defaultParameterValue')?.find('value');
  const description = definition.findText('description') ?? '';
  const isChoice = Array.isArray(choices);
  return {
    name,
    definition: kind,
    type: isChoice ? 'choice' : /boolean/i.test(kind) ? 'boolean' : 'text',
    required: false,
    ...(isPlain(value) ? { default: value } : {}),
    ...(isChoice ? { choices: choices.map(String) } : {}),
    ...(description === '' ? {} : { description }),
  };
}

function isFile(definition: string): boolean {
  return /file/i.test(definition);
}

function isPlain(value: unknown): value is Json {
  return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number';
}
