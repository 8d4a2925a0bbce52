import type { PipelineInput } from '#contracts/cicd/execution.js';
import { Reading, startOf } from '#domain/pipelines/reading/context.js';
import { Value } from '#domain/pipelines/reading/value.js';
import { readTrees } from '#domain/pipelines/reading/yaml-tree.js';
import { Refusal } from '#domain/pipelines/unread.js';
import { given } from '../http/given.js';

/** Inputs beyond these are not told of; GitLab takes 20 of `spec: inputs`. */
const MOST_INPUTS = 200;

/** An input, and how GitLab takes it. */
export interface DeclaredInput extends PipelineInput {
  /** `variable`: a variable with a description, which a person may fill in. */
  readonly as: 'input' | 'variable';
  /** Takes a list, as JSON. */
  readonly isList: boolean;
}

export interface Declared {
  readonly inputs: readonly DeclaredInput[];
  /** Whether there are no other inputs of `spec: inputs` than these. */
  readonly isWhole: boolean;
}

const NOTHING_KNOWN: Declared = { inputs: [], isWhole: false };

/** What a CI file itself declares; what it includes is not looked at, for inputs of a pipeline stand in its main file. */
export function readDeclared(text: string, path: string): Declared {
  const reading = new Reading({ files: [path], texts: new Map([[path, text]]) }, path);
  try {
    const trees = readTrees(reading, path, startOf(path)).map((tree) => new Value(tree));
    const [head, body] = trees;
    if (head === undefined) return { inputs: [], isWhole: true };
    const hasHead = trees.length > 1 && head.get('spec').exists;
    const inputs = hasHead ? readSpec(head.get('spec', 'inputs')) : [];
    const variables = readVariables((hasHead ? body! : head).get('variables'));
    return {
      inputs: [...inputs, ...variables].slice(0, MOST_INPUTS),
      isWhole: !(hasHead && head.get('spec', 'include').exists),
    };
  } catch (error) {
    if (error instanceof Refusal) return NOTHING_KNOWN;
    throw error;
  }
}

function readSpec(spec: Value): readonly DeclaredInput[] {
  return spec.entries.map(([name, body]): DeclaredInput => {
    const initial = body.get('default');
    const choices = body.get('options').texts;
    // Rules give initial values and choices that hang on other inputs.
    const hasRules = body.get('rules').exists;
    return {
      name,
      as: 'input',
      isList: body.get('type').text === 'array',
      type: choices.length > 0 ? 'choice' : typeOf(body.get('type').text),
      required: !initial.exists && !hasRules,
      ...given({
        default: initial.exists ? initial.toJson() : undefined,
        choices: choices.length > 0 ? choices : undefined,
        description: body.get('description').text,
      }),
    };
  });
}

function typeOf(type: string | undefined): PipelineInput['type'] {
  return type === 'number' || type === 'boolean' ? type : 'text';
}

function readVariables(variables: Value): readonly DeclaredInput[] {
  return variables.entries.flatMap(([name, body]): DeclaredInput[] => {
    const description = body.get('description').text;
    if (description === undefined) return [];
    const initial = body.get('value').text;
    const choices = body.get('options').texts;
    return [
      {
        name,
        as: 'variable',
        isList: false,
        type: choices.length > 0 ? 'choice' : 'text',
        required: false,
        description,
        ...given({ default: initial, choices: choices.length > 0 ? choices : undefined }),
      },
    ];
  });
}
