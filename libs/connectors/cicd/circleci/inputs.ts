import type { PipelineInput } from '#contracts/cicd/execution.js';
import { Reading, startOf } from '#domain/pipelines/reading/context.js';
import { Value } from '#domain/pipelines/reading/value.js';
import { readTrees } from '#domain/pipelines/reading/yaml-tree.js';
import { Refusal } from '#domain/pipelines/unread.js';
import { Answer } from '../http/answer.js';
import { given } from '../http/given.js';
import type { OrUnsupported, Target } from '../platform.js';
import { type CircleCiApi, pipelinePath, projectPath } from './api.js';
import { readFacts } from './facts.js';
import { readRef } from './ref.js';

const FILE = '.circleci/config.yml';
const MOST_INPUTS = 200;

const TYPES: ReadonlyMap<string, PipelineInput['type']> = new Map([
  ['boolean', 'boolean'],
  ['integer', 'number'],
  ['enum', 'choice'],
]);

/** CircleCI shows the configuration of a pipeline only once there is one. */
export async function listInputs(
  api: CircleCiApi,
  { project, ref }: Target,
): Promise<OrUnsupported<readonly PipelineInput[]>> {
  const { items } = await api.page({
    path: `${projectPath(project)}/pipeline`,
    query: { branch: readRef(ref).branch },
    subject: `pipelines of ${project}`,
  });
  const [latest] = items.map(readFacts);
  if (latest === undefined) {
    return {
      unsupported: 'inputs',
      instead: 'Start it once without inputs: its parameters are known as soon as it has run.',
    };
  }
  const { value } = await api.get({
    path: `${pipelinePath(latest.id)}/config`,
    subject: `configuration of pipeline ${latest.id} of ${project}`,
  });
  return readParameters(new Answer(value, 'the configuration').findText('source') ?? '');
}

function readParameters(source: string): readonly PipelineInput[] {
  const reading = new Reading({ files: [FILE], texts: new Map([[FILE, source]]) }, FILE);
  try {
    const [tree] = readTrees(reading, FILE, startOf(FILE));
    if (tree === undefined) return [];
    return new Value(tree).get('parameters').entries.slice(0, MOST_INPUTS).map(readParameter);
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
}

function readParameter([name, body]: readonly [string, Value, unknown]): PipelineInput {
  const initial = body.get('default');
  const choices = body.get('enum').texts;
  return {
    name,
    type: TYPES.get(body.get('type').text ?? '') ?? 'text',
    required: !initial.exists,
    ...given({
      default: initial.exists ? initial.toJson() : undefined,
      choices: choices.length > 0 ? choices : undefined,
      description: body.get('description').text,
    }),
  };
}
