import { Answer } from '../http/answer.js';
import { encodePart } from '../http/encode-part.js';
import { given } from '../http/given.js';
import { createRefusal } from '../http/refusal.js';
import type { Target } from '../platform.js';
import { type GitLabApi, projectPath } from './api.js';
import { type Declared, readDeclared } from './inputs.js';
import { TITLE } from './manners.js';

const USUAL_FILE = '.gitlab-ci.yml';

export interface Project {
  /** Its path, as it is now. */
  readonly path: string;
  readonly title: string;
  readonly url?: string;
  readonly defaultBranch?: string;
  /** Of the CI file: a path, `path@project`, or an address. */
  readonly ciFile: string;
  readonly isEnabled: boolean;
}

export async function getProject(api: GitLabApi, project: string): Promise<Project> {
  const { value } = await api.get({ path: projectPath(project), subject: `project ${project}` });
  return readProject(new Answer(value, 'the project'));
}

/** The project of a target, whose only pipeline is named by nothing or by its file. Throws `platform-not-found`. */
export async function requireTarget(api: GitLabApi, { project, pipeline }: Target): Promise<Project> {
  const found = await getProject(api, project);
  if (pipeline !== '' && pipeline !== found.ciFile) {
    const subject = `pipeline ${JSON.stringify(pipeline.slice(0, 100))} in ${project}, but one by ${found.ciFile}`;
    throw createRefusal({ title: TITLE, subject, status: 404, words: '' });
  }
  return found;
}

export function readProject(answer: Answer): Project {
  const path = answer.text('path_with_namespace');
  const access = answer.findText('builds_access_level');
  return {
    path,
    title: answer.findText('name_with_namespace') ?? path,
    ciFile: answer.findText('ci_config_path') || USUAL_FILE,
    isEnabled: access !== 'disabled' && answer.findBoolean('jobs_enabled') !== false,
    ...given({ url: answer.findText('web_url'), defaultBranch: answer.findText('default_branch') }),
  };
}

/** What the CI file declares at `ref`; undefined where it cannot be read: it lies elsewhere, or GitLab makes it up. */
export async function getDeclared(
  api: GitLabApi,
  project: Project,
  ref: string,
): Promise<Declared | undefined> {
  const place = findPlace(project, ref);
  if (place === undefined) return undefined;
  const file = encodePart(TITLE, 'file', place.file);
  const { status, text } = await api.get({
    path: `${projectPath(place.project)}/repository/files/${file}/raw`,
    query: { ref: place.ref },
    headers: { accept: 'text/plain, */*' },
    subject: `file ${place.file} of ${place.project}`,
    // 403 and 404: the repository is closed to the token, or has no such file or ref.
    expected: [403, 404],
  });
  return status === 200 ? readDeclared(text, place.file) : undefined;
}

/** `file`, `file@group/project` or `file@group/project:ref`. */
function findPlace({ path, ciFile }: Project, ref: string) {
  if (/^https?:/i.test(ciFile)) return undefined;
  const [file = '', elsewhere] = ciFile.split('@', 2);
  if (elsewhere === undefined) return { project: path, file, ref };
  const [project = '', there] = elsewhere.split(':', 2);
  return { project, file, ref: there ?? 'HEAD' };
}
