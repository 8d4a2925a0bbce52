import { Answer } from '../http/answer.js';
import { given } from '../http/given.js';
import type { FoundBranch, FoundPipeline, FoundProject, Page, PlatformHealth, Search } from '../platform.js';
import { type GitHubApi, repositoryPath } from './api.js';
import { findInstallation } from './app-token.js';
import { readFile } from './run.js';

export async function listProjects(api: GitHubApi, { text, cursor }: Search): Promise<Page<FoundProject>> {
  const isApp = api.connection.auth.type === 'github-app';
  const page = await api.page({
    request: { path: isApp ? '/installation/repositories' : '/user/repos', subject: 'repositories' },
    cursor,
    ...(isApp ? { field: 'repositories' } : {}),
  });
  return select(page, text, (repository) => ({
    name: repository.text('full_name'),
    title: repository.text('full_name'),
    ...given({
      url: repository.findText('html_url'),
      defaultBranch: repository.findText('default_branch'),
    }),
  }));
}

export async function listWorkflows(
  api: GitHubApi,
  project: string,
  { text, cursor }: Search,
): Promise<Page<FoundPipeline>> {
  const request = {
    path: `${repositoryPath(project)}/actions/workflows`,
    subject: `workflows of ${project}`,
  };
  const page = await api.page({ request, field: 'workflows', cursor });
  return select(page, text, (workflow) => {
    const name = readFile(workflow.findText('path') ?? '') ?? workflow.id('id');
    return {
      name,
      title: workflow.findText('name') || name,
      enabled: (workflow.findText('state') ?? 'active') === 'active',
      ...given({ url: workflow.findText('html_url') }),
    };
  });
}

export async function listBranches(
  api: GitHubApi,
  project: string,
  { text, cursor }: Search,
): Promise<Page<FoundBranch>> {
  const request = { path: `${repositoryPath(project)}/branches`, subject: `branches of ${project}` };
  const page = await api.page({ request, cursor });
  return select(page, text, (branch) => {
    const commit = branch.findObject('commit');
    return {
      name: branch.text('name'),
      ...given({ commit: commit?.findText('sha') ?? commit?.findText('id') }),
    };
  });
}

/** Of a page, those whose name or title has the text. */
function select<T extends { readonly name: string; readonly title?: string }>(
  { items, next }: Page<Answer>,
  text: string | undefined,
  read: (item: Answer) => T,
): Page<T> {
  const wanted = (text ?? '').toLowerCase();
  return {
    items: items
      .map(read)
      .filter(({ name, title }) => `${name}\n${title ?? ''}`.toLowerCase().includes(wanted)),
    ...(next === undefined ? {} : { next }),
  };
}

export async function checkHealth(api: GitHubApi): Promise<PlatformHealth> {
  const { auth } = api.connection;
  if (auth.type === 'github-app') {
    await api.page({
      request: { path: '/installation/repositories', subject: 'repositories' },
      field: 'repositories',
    });
    const { permissions } = await findInstallation(api.connection, auth);
    return { account: `app ${auth.appId}`, missing: listLacking(permissions) };
  }
  const { value, headers } = await api.http.send({ path: '/user', subject: 'account' });
  const version = api.isGitea ? await fetchGiteaVersion(api) : headers['x-github-enterprise-version'];
  const scopes = headers['x-oauth-scopes']?.split(',').map((scope) => scope.trim());
  const lacksRepo = scopes !== undefined && !scopes.includes('repo') && !scopes.includes('public_repo');
  return {
    missing: !api.isGitea && lacksRepo ? ['the scope repo'] : [],
    ...given({ account: new Answer(value, 'the account').findText('login'), version }),
  };
}

function listLacking(permissions: Readonly<Record<string, string>>): readonly string[] {
  const lacking: string[] = [];
  if (permissions['actions'] !== 'write') lacking.push('Actions: write');
  if (permissions['contents'] === undefined) lacking.push('Contents: read');
  return lacking;
}

async function fetchGiteaVersion(api: GitHubApi): Promise<string | undefined> {
  const { value } = await api.http.send({ path: '/version', subject: 'version' });
  return new Answer(value, 'the version').findText('version');
}
