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

/** Definitions; projects that can be started without one have the pipeline that is named by nothing, too. */
export async function listPipelines(
  api: CircleCiApi,
  project: string,
  { text = '' }: Search,
): Promise<Page<FoundPipeline>> {
  const slug = readSlug(project);
  const definitions = await listDefinitions(api, project);
  const usual = { name: '', title: slug, enabled: true };
  const named = definitions.map(({ id, name }) => ({
    name: id,
    title: name === '' ? id : name,
    enabled: true,
  }));
  const all = slug.startsWith('circleci/') ? named : [usual, ...named];
  return { items: all.filter(({ title }) => isIn(text, title)) };
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
    if (branch !== undefined && !latest.has(branch))
      latest.set(branch, { name: branch, ...given({ commit }) });
  const usual = cursor === undefined ? await findDefaultBranch(api, project) : undefined;
  if (usual !== undefined && !latest.has(usual)) latest.set(usual, { name: usual });
  return { items: [...latest.values()].filter(({ name }) => isIn(text, name)), ...given({ next }) };
}

async function findDefaultBranch(api: CircleCiApi, project: string): Promise<string | undefined> {
  const { value } = await api.get({ path: projectPath(project), subject: `project ${project}` });
  return new Answer(value, 'the project').findObject('vcs_info')?.findText('default_branch');
}

function isIn(text: string, name: string): boolean {
  return name.toLowerCase().includes(text.toLowerCase());
}
