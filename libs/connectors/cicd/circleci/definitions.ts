import { Answer } from '../http/answer.js';
import { encodePart } from '../http/encode-part.js';
import { createRefusal } from '../http/refusal.js';
import { type CircleCiApi, projectPath, readSlug, TITLE } from './api.js';

/** Where a pipeline's configuration comes from: a project has one or several. */
export interface Definition {
  readonly id: string;
  readonly name: string;
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export async function listDefinitions(api: CircleCiApi, project: string): Promise<readonly Definition[]> {
  const { value } = await api.get({ path: projectPath(project), subject: `project ${project}` });
  const id = new Answer(value, 'the project').text('id');
  const found = await api.get({
    path: `/projects/${encodePart(TITLE, 'project', id)}/pipeline-definitions`,
    subject: `pipeline definitions of ${project}`,
    // Servers of one's own may not know them.
    expected: [404],
  });
  if (found.status === 404) return [];
  return new Answer(found.value, 'the pipeline definitions')
    .list('items')
    .map((answer) => ({ id: answer.text('id'), name: answer.findText('name') ?? '' }));
}

/**
 * The definition that a target names. Undefined: it names none, and the project can be started without, as those of the
 * GitHub OAuth app and of Bitbucket. Throws SluiceError `platform-not-found`.
 */
export async function findDefinition(
  api: CircleCiApi,
  project: string,
  pipeline: string,
): Promise<string | undefined> {
  if (ID.test(pipeline)) return pipeline;
  if (pipeline === '' && !readSlug(project).startsWith('circleci/')) return undefined;
  const definitions = await listDefinitions(api, project);
  const fitting = pipeline === '' ? definitions : definitions.filter(({ name }) => name === pipeline);
  if (fitting.length === 1) return fitting[0]!.id;
  const names = definitions.slice(0, 10).map(({ name, id }) => `${name} (${id})`);
  const subject = `one pipeline ${JSON.stringify(pipeline.slice(0, 100))} in ${project}: it has ${names.join(', ') || 'no definitions'}`;
  throw createRefusal({ title: TITLE, subject, status: 404, words: '' });
}
