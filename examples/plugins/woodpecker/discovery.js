import { TITLE } from './description.js';

/** @import { FoundBranch, FoundPipeline, FoundProject, Page, PlatformHealth, Search } from 'sluice/cicd/platform.js' */
/** @import { Server } from './server.js' */

const PROJECTS_AT_ONCE = 100;

/**
 * Tokens are as good as their user: there is nothing to compare.
 * @param {Server} server
 * @returns {Promise<PlatformHealth>}
 */
export async function getHealth({ http, kit }) {
  const { value } = await http.send({ path: '/api/user', subject: 'account' });
  const account = new kit.Answer(value, 'the account').findText('login');
  const told = await http.send({ path: '/version', subject: 'version', expected: [404] });
  const version =
    told.status === 200 ? new kit.Answer(told.value, 'the version').findText('version') : undefined;
  return { missing: [], ...kit.given({ account, version }) };
}

/**
 * The server gives all of them at once.
 * @param {Server} server
 * @param {Search} search
 * @returns {Promise<Page<FoundProject>>}
 */
export async function listProjects({ http, kit }, { text, cursor }) {
  const { value } = await http.send({
    path: '/api/user/repos',
    query: { name: text },
    subject: 'repositories',
  });
  const from = /^\d{1,7}$/.test(cursor ?? '') ? Number(cursor) : 0;
  // Older servers do not look for names.
  const wanted = kit.readList(value, 'the repositories').filter((each) => isIn(text, each.text('full_name')));
  const items = wanted.slice(from, from + PROJECTS_AT_ONCE).map((answer) => ({
    name: answer.text('full_name'),
    title: answer.text('full_name'),
    ...kit.given({ url: answer.findText('forge_url'), defaultBranch: answer.findText('default_branch') }),
  }));
  const end = from + items.length;
  return end < wanted.length ? { items, next: String(end) } : { items };
}

/**
 * A repository has one.
 * @param {Server} server
 * @param {string} project
 * @param {Search} search
 * @returns {Promise<Page<FoundPipeline>>}
 */
export async function listPipelines(server, project, { text }) {
  const { id, title, isActive } = await server.getRepository(project);
  const url = `${server.connection.baseUrl}/repos/${id}`;
  return { items: isIn(text, title) ? [{ name: '', title, url, enabled: isActive }] : [] };
}

/**
 * @param {Server} server
 * @param {string} project
 * @param {Search} search
 * @returns {Promise<Page<FoundBranch>>}
 */
export async function listBranches(server, project, { text, cursor }) {
  const { names, next } = await readBranches(server, project, cursor);
  const items = names.filter((name) => isIn(text, name)).map((name) => ({ name }));
  return next === undefined ? { items } : { items, next };
}

/** Pages of branches that are looked through. */
const MOST_PAGES = 50;

/**
 * Whether a repository has a branch; true where it has too many to tell.
 * @param {Server} server
 * @param {string} project
 * @param {string} branch
 */
export async function hasBranch(server, project, branch) {
  /** @type {string | undefined} */
  let cursor;
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const { names, next } = await readBranches(server, project, cursor);
    if (names.includes(branch)) return true;
    if (next === undefined) return false;
    cursor = next;
  }
  return true;
}

/**
 * @param {Server} server
 * @param {string} project
 * @param {string | undefined} cursor
 */
async function readBranches(server, project, cursor) {
  const request = { path: '/branches', subject: `branches of ${project}` };
  const { value, next } = await server.page(project, request, cursor);
  const names = Array.isArray(value) ? value : [];
  if (names.every((name) => typeof name === 'string')) return { names, next };
  throw server.kit.createRefusal({
    title: TITLE,
    ...request,
    status: 502,
    words: 'names of branches are no texts',
  });
}

/**
 * @param {string | undefined} text
 * @param {string} name
 */
function isIn(text, name) {
  return text === undefined || name.toLowerCase().includes(text.toLowerCase());
}
