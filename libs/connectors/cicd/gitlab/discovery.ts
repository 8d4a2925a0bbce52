import { Answer } from '../http/answer.js';
import { given } from '../http/given.js';
import type { FoundBranch, FoundPipeline, FoundProject, Page, PlatformHealth, Search } from '../platform.js';
import { type GitLabApi, projectPath } from './api.js';
import { description } from './description.js';
import { getProject, readProject } from './project.js';

const LIST_SIZE = 50;

/** A token that is no personal one does not tell of itself. */
export async function getHealth(api: GitLabApi): Promise<PlatformHealth> {
  const { value } = await api.get({ path: '/user', subject: 'account' });
  const user = new Answer(value, 'the account');
  const [version, token] = await Promise.all([
    api.get({ path: '/version', subject: 'version', expected: [401, 403, 404] }),
    api.get({ path: '/personal_access_tokens/self', subject: 'token', expected: [400, 401, 403, 404] }),
  ]);
  return {
    missing: token.status === 200 ? findMissing(new Answer(token.value, 'the token')) : [],
    ...given({
      account: user.findText('username'),
      version:
        version.status === 200 ? new Answer(version.value, 'the version').findText('version') : undefined,
    }),
  };
}

/** Tokens with rights in detail have no scopes to compare. */
function findMissing(token: Answer): readonly string[] {
  const scopes = token.find('scopes');
  if (!Array.isArray(scopes) || scopes.includes('granular')) return [];
  return description.permissions.filter((permission) => !scopes.includes(permission));
}

export async function listProjects(api: GitLabApi, { text, cursor }: Search): Promise<Page<FoundProject>> {
  const { items, next } = await api.page(
    {
      path: '/projects',
      query: {
        pagination: 'keyset',
        order_by: 'id',
        sort: 'desc',
        per_page: LIST_SIZE,
        membership: true,
        archived: false,
        simple: true,
        // Names of groups count too, as they stand in what is shown.
        search: text,
        search_namespaces: text === undefined ? undefined : true,
      },
      subject: 'projects',
    },
    cursor,
  );
  const found = items.map(readProject).map(
    ({ path, title, url, defaultBranch }): FoundProject => ({
      name: path,
      title,
      ...given({ url, defaultBranch }),
    }),
  );
  return { items: found, ...given({ next }) };
}

/** A project has one, described by its CI file. */
export async function listPipelines(
  api: GitLabApi,
  name: string,
  { text }: Search,
): Promise<Page<FoundPipeline>> {
  const project = await getProject(api, name);
  const { ciFile, url, isEnabled } = project;
  const isWanted = text === undefined || ciFile.toLowerCase().includes(text.toLowerCase());
  const pages = url === undefined ? undefined : `${url}/-/pipelines`;
  const pipeline = { name: '', title: ciFile, enabled: isEnabled, ...given({ url: pages }) };
  return { items: isWanted ? [pipeline] : [] };
}

export async function listBranches(
  api: GitLabApi,
  project: string,
  { text, cursor }: Search,
): Promise<Page<FoundBranch>> {
  const { items, next } = await api.page(
    {
      path: `${projectPath(project)}/repository/branches`,
      query: { pagination: 'keyset', per_page: LIST_SIZE, search: text },
      subject: `branches of ${project}`,
    },
    cursor,
  );
  const found = items.map((branch) => ({
    name: branch.text('name'),
    ...given({ commit: branch.findObject('commit')?.findText('id') }),
  }));
  return { items: found, ...given({ next }) };
}
