import { Answer } from '../http/answer.js';
import { createRefusal } from '../http/refusal.js';
import { TITLE } from './description.js';
import { type AzureHttp, apiOf } from './http.js';

/** A pipeline as the platform keeps it. */
export interface Definition {
  readonly id: number;
  /** With its folders: `team/release`. */
  readonly name: string;
  /** Of the repository, as `refs/heads/main`. */
  readonly defaultBranch?: string;
  readonly variables: readonly Variable[];
  readonly answer: Answer;
}

interface Variable {
  readonly name: string;
  /** Whoever starts it may set it. */
  readonly isSettable: boolean;
  readonly isSecret: boolean;
  readonly value?: string;
}

const MOST_NAMESAKES = 50;

/** By its number or its name, with its folders or, where there is only one, without. Throws SluiceError `platform-not-found`. */
export async function requireDefinition(
  http: AzureHttp,
  project: string,
  pipeline: string,
): Promise<Definition> {
  const subject = `pipeline ${pipeline} of ${project}`;
  const path = `${apiOf(project)}/build/definitions`;
  if (/^\d{1,9}$/.test(pipeline)) {
    const { value } = await http.send({ path: `${path}/${pipeline}`, subject });
    return readDefinition(new Answer(value, 'the definition'));
  }
  const wanted = pipeline.split('/').filter((part) => part !== '');
  const { value } = await http.send({
    path,
    query: { name: wanted.at(-1) ?? '', includeAllProperties: true, $top: MOST_NAMESAKES },
    subject,
  });
  const namesakes = new Answer(value, 'the definitions').list('value').map(readDefinition);
  const isWanted = (name: string) => name.toLowerCase() === wanted.join('/').toLowerCase();
  const exact = namesakes.find(({ name }) => isWanted(name));
  const loose = wanted.length === 1 ? namesakes.filter(({ name }) => isWanted(name.split('/').at(-1)!)) : [];
  if (exact !== undefined) return exact;
  if (loose.length === 1) return loose[0]!;
  const several =
    loose.length > 1 ? `, but ${loose.map(({ name }) => name).join(', ')}: name its folder` : '';
  throw createRefusal({ title: TITLE, subject: `${subject}${several}`, status: 404, words: '' });
}

/** `\team\shop` and `release` are `team/shop/release`. */
export function nameDefinition(definition: Answer): string {
  const folder = definition.findText('path') ?? definition.findText('folder') ?? '';
  return [...folder.split('\\'), definition.text('name')].filter((part) => part !== '').join('/');
}

function readDefinition(answer: Answer): Definition {
  const defaultBranch = answer.findObject('repository')?.findText('defaultBranch');
  return {
    id: answer.number('id'),
    name: nameDefinition(answer),
    variables: readVariables(answer.find('variables')),
    answer,
    ...(defaultBranch === undefined ? {} : { defaultBranch }),
  };
}

function readVariables(variables: unknown): readonly Variable[] {
  if (typeof variables !== 'object' || variables === null) return [];
  return Object.entries(variables).map(([name, held]) => {
    const variable = new Answer(held, `the variable ${name}`);
    const value = variable.findText('value');
    return {
      name,
      isSettable: variable.findBoolean('allowOverride') ?? false,
      isSecret: variable.findBoolean('isSecret') ?? false,
      ...(value === undefined ? {} : { value }),
    };
  });
}
