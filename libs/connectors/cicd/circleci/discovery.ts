import { Answer, readList } from '../http/answer.js';
import { given } from '../http/given.js';
import type { FoundBranch, FoundPipeline, FoundProject, Page, PlatformHealth, Search } from '../platform.js';
import { type CircleCiApi, projectPath, readSlug } from './api.js';
import { listDefinitions } from './definitions.js';
import { readFacts } from './facts.js';

const MOST_PROJECTS = 5_000;

export async function getHealth(api: CircleCiApi): Promise<PlatformHealth> {
  const { value } = await api.get({ path: '/me', subject: 'account' });
  const account = new Answer(value, 'the account').findText('login');
  return { missing: [], ...given({ account }) };
}

/** Version 2 lists none. */
export async function listProjects(api: CircleCiApi, { text = '' }: Search): Promise<Page<FoundProject>> {
  const { value } = await api.getOld({ path: '/projects', subject: 'projects' });
  const items = readList(value, 'the projects')
    .slice(0, MOST_PROJECTS)
    .map((project): FoundProject => {
      const owner = project.text('username');
      const name = project.text('reponame');
      const slug = `${project.findText('vcs_type') ?? 'github'}/${owner}/${name}`;
      return {
        name: readSlug(slug),
        title: `${owner}/${name}`,
        ...given({ url: project.findText('vcs_url'), defaultBranch: project.findText('default_branch') }),
      };
    })
    .filter(({ name, title }) => isIn(text, name) || isIn(text, title));
  return { items };
}

/** Definitions; a project without them has the one pipeline that is named by nothing. */
export async function listPipelines(
  api: CircleCiApi,
  project: string,
  { text = '' }: Search,
): Promise<Page<FoundPipeline>> {
  const definitions = await listDefinitions(api, project);
  const all = definitions.map(({ id, name }) => ({
    name: id,
    title: name === '' ? id : name,
    enabled: true,
  }));
  const usual = { name: '', title: readSlug(project), enabled: true };
  return { items: (all.length === 0 ? [usual] : all).filter(({ title }) => isIn(text, title)) };
}

export async function listBranches(
  api: CircleCiApi,
  project: string,
  { text = '', cursor }: Search,
): Promise<Page<FoundBranch>> {
  const { items, next } = await api.page(
    { path: `${projectPath(project)}/pipeline`, subject: `pipelines of ${project}` },
    cursor,
  );
  const latest = new Map<string, FoundBranch>();
  for (const { branch, commit } of items.map(readFacts))
    if (branch !== undefined && isIn(text, branch) && !latest.has(branch))
      latest.set(branch, { name: branch, ...given({ commit }) });
  return { items: [...latest.values()], ...given({ next }) };
}

function isIn(text: string, name: string): boolean {
  return name.toLowerCase().includes(text.toLowerCase());
}
