import { parse } from 'yaml';
import type { PipelineInput } from '#contracts/cicd/execution.js';
import type { Json } from '#domain/json.js';
import { encodePart } from '../http/encode-part.js';
import type { Target } from '../platform.js';
import { type Definition, requireDefinition } from './definition.js';
import { KEY_INPUT, TITLE } from './description.js';
import { readRef } from './execution.js';
import { type AzureHttp, apiOf } from './http.js';

const MOST_CHARACTERS = 1024 * 1024;

/** Variables that may be set, and the parameters of the YAML at `ref`, where it can be read. */
export async function readInputs(http: AzureHttp, target: Target): Promise<readonly PipelineInput[]> {
  const definition = await requireDefinition(http, target.project, target.pipeline);
  const variables = definition.variables
    .filter(({ isSettable }) => isSettable)
    .map(({ name, value, isSecret }): PipelineInput => {
      const known = value === undefined || isSecret ? {} : { default: value };
      return { name, type: 'text', required: false, ...known };
    });
  const text = await readYaml(http, target, definition);
  return [...variables, ...readParameters(text)].filter(({ name }) => name !== KEY_INPUT);
}

/** Through the platform, wherever the repository is; an empty text where it does not give it. */
async function readYaml(http: AzureHttp, { project, ref }: Target, { answer }: Definition): Promise<string> {
  const file = answer.findObject('process')?.findText('yamlFilename');
  const repository = answer.findObject('repository');
  const type = repository?.findText('type');
  if (file === undefined || repository === undefined || type === undefined) return '';
  const { status, text } = await http.send({
    path: `${apiOf(project)}/sourceProviders/${encodePart(TITLE, 'provider', type)}/filecontents`,
    query: {
      'api-version': '7.1-preview.1',
      repository: type === 'TfsGit' ? repository.id('id') : repository.findText('name'),
      serviceEndpointId: repository.findObject('properties')?.findText('connectedServiceId'),
      commitOrBranch: ref === undefined ? readRef(repository.findText('defaultBranch')) : readRef(ref),
      path: file.startsWith('/') ? file : `/${file}`,
    },
    headers: { accept: 'text/plain' },
    expected: [400, 403, 404, 500],
    subject: `file ${file} of ${project}`,
  });
  return status === 200 && text.length <= MOST_CHARACTERS ? text : '';
}

/** Of a file that is no YAML, or has none, none. */
function readParameters(text: string): readonly PipelineInput[] {
  let file: unknown;
  try {
    file = parse(text, { maxAliasCount: 100, logLevel: 'silent' });
  } catch {
    return [];
  }
  const { parameters } = isMap(file) ? file : {};
  return Array.isArray(parameters) ? parameters.filter(isMap).flatMap(readParameter) : [];
}

function readParameter(parameter: Readonly<Record<string, unknown>>): readonly PipelineInput[] {
  const { name, type, default: value, values, displayName } = parameter;
  if (typeof name !== 'string') return [];
  const choices = Array.isArray(values) ? values.map(String) : undefined;
  return [
    {
      name,
      type: choices !== undefined ? 'choice' : type === 'boolean' || type === 'number' ? type : 'text',
      required: value === undefined,
      ...(value === undefined ? {} : { default: value as Json }),
      ...(choices === undefined ? {} : { choices }),
      ...(typeof displayName === 'string' ? { description: displayName } : {}),
    },
  ];
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
