import { Answer } from '../http/answer.js';
import { encodePart } from '../http/encode-part.js';
import { createRefusal } from '../http/refusal.js';
import type { FoundBranch, FoundPipeline, FoundProject, Page, PlatformHealth, Search } from '../platform.js';
import { nameDefinition } from './definition.js';
import { TITLE } from './description.js';
import { readRef } from './execution.js';
import { type AzureHttp, apiOf, readNext } from './http.js';

const PAGE = 100;
/** Who asks without credentials. */
const NOBODY = 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa';

export async function readHealth(http: AzureHttp): Promise<PlatformHealth> {
  const { value } = await http.send({
    path: '/_apis/connectionData',
    query: { 'api-version': '7.1-preview' },
    subject: 'account',
  });
  const user = new Answer(value, 'the connection').findObject('authenticatedUser');
  if (user === undefined || user.findText('id') === NOBODY)
    throw createRefusal({ title: TITLE, subject: 'account', status: 401, words: 'it sees nobody in them' });
  const account = user.findText('providerDisplayName') ?? user.findText('customDisplayName');
  return { ...(account === undefined ? {} : { account }), missing: [] };
}

export async function listProjects(http: AzureHttp, { text, cursor }: Search): Promise<Page<FoundProject>> {
  const answer = await http.send({
    path: '/_apis/projects',
    query: { stateFilter: 'wellFormed', $top: PAGE, continuationToken: cursor },
    subject: 'list of projects',
  });
  const items = new Answer(answer.value, 'the projects').list('value').map((project) => {
    const name = project.text('name');
    return { name, title: name, url: `${http.connection.baseUrl}/${encodeURIComponent(name)}` };
  });
  return { items: items.filter(({ name }) => fits(text, name)), ...readNext(answer) };
}

export async function listPipelines(
  http: AzureHttp,
  project: string,
  { text, cursor }: Search,
): Promise<Page<FoundPipeline>> {
  const answer = await http.send({
    path: `${apiOf(project)}/build/definitions`,
    query: {
      queryOrder: 'definitionNameAscending',
      $top: PAGE,
      continuationToken: cursor,
    },
    subject: `pipelines of ${project}`,
  });
  const { baseUrl } = http.connection;
  const items = new Answer(answer.value, 'the definitions').list('value').map((definition) => ({
    name: nameDefinition(definition),
    title: definition.text('name'),
    url: `${baseUrl}/${encodeURIComponent(project)}/_build?definitionId=${definition.number('id')}`,
    enabled: (definition.findText('queueStatus') ?? 'enabled') === 'enabled',
  }));
  return { items: items.filter(({ name }) => fits(text, name)), ...readNext(answer) };
}

/** A project has none but those of its repositories: those of the one that is called like it, or of the first. */
export async function listBranches(
  http: AzureHttp,
  project: string,
  { text, cursor }: Search,
): Promise<Page<FoundBranch>> {
  const path = `${apiOf(project)}/git/repositories`;
  const subject = `repositories of ${project}`;
  const { value } = await http.send({ path, subject });
  const repositories = new Answer(value, 'the repositories').list('value');
  const repository = repositories.find((each) => each.text('name') === project) ?? repositories[0];
  if (repository === undefined) return { items: [] };
  const answer = await http.send({
    path: `${path}/${encodePart(TITLE, 'repository', repository.id('id'))}/refs`,
    query: {
      filter: 'heads/',
      $top: PAGE,
      continuationToken: cursor,
    },
    subject,
  });
  const items = new Answer(answer.value, 'the refs').list('value').map((ref) => {
    const commit = ref.findText('objectId');
    return { name: readRef(ref.text('name'))!, ...(commit === undefined ? {} : { commit }) };
  });
  return { items: items.filter(({ name }) => fits(text, name)), ...readNext(answer) };
}

function fits(text: string | undefined, name: string): boolean {
  return name.toLowerCase().includes(text?.toLowerCase() ?? '');
}
