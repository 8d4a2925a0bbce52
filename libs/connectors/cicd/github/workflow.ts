import type { PipelineInput } from '#contracts/cicd/execution.js';
import { readDispatch } from '#domain/pipelines/github-actions/dispatch.js';
import { Answer } from '../http/answer.js';
import { encodePart } from '../http/encode-part.js';
import { given } from '../http/given.js';
import { createNotStarted, createRefNotFound } from '../http/pipeline-failure.js';
import type { Target } from '../platform.js';
import { type GitHubApi, repositoryPath, workflowPath } from './api.js';
import { readFile } from './run.js';

/** What the file of a workflow says of its start by hand, at a branch or tag. */
export interface Workflow {
  readonly isOffered: boolean;
  readonly inputs: readonly PipelineInput[];
  /** Whether its runs carry the value of this input in their names. */
  echoes(input: string): boolean;
}

const TITLE = 'GitHub';

/** Throws SluiceError `platform-not-found`, `pipeline-ref-not-found`, `pipeline-not-started` where it cannot be read. */
export async function fetchWorkflow(api: GitHubApi, target: Target): Promise<Workflow> {
  const text = await fetchText(api, target);
  const read = readDispatch(target.pipeline, text);
  if (read === undefined)
    throw createNotStarted(TITLE, target.pipeline, 'its file cannot be read as a workflow');
  const { isOffered, inputs, descriptions, runName = '' } = read;
  return {
    isOffered,
    inputs: inputs.map(
      ({ name, type, required, default: initial, choices }): PipelineInput => ({
        name,
        type: type === 'list' || type === 'object' ? 'text' : type,
        required,
        ...given({ default: initial, choices, description: descriptions[name] }),
      }),
    ),
    echoes: (input) => EXPRESSION(input).test(runName),
  };
}

/** `${{ inputs.name }}`, `${{ github.event.inputs.name }}`, `${{ inputs['name'] }}`. */
const EXPRESSION = (input: string) => {
  const name = input.replaceAll(/[^\w-]/g, '.');
  return new RegExp(`\\$\\{\\{[^}]*\\binputs(\\.${name}\\b|\\[['"]${name}['"]\\])`);
};

async function fetchText(api: GitHubApi, target: Target): Promise<string> {
  const folders = api.isGitea ? ['.gitea/workflows', '.github/workflows'] : ['.github/workflows'];
  const isFile = readFile(target.pipeline) === target.pipeline;
  const tried = isFile ? folders.map((folder) => `${folder}/${target.pipeline}`) : [];
  for (const path of tried) {
    const text = await findText(api, target, path);
    if (text !== undefined) return text;
  }
  // Not there: the workflow, or the branch, or it lies elsewhere.
  const path = await fetchPath(api, target);
  const text = tried.includes(path) ? undefined : await findText(api, target, path);
  if (text === undefined) throw createRefNotFound(TITLE, `${target.project} with ${path}`, target.ref);
  return text;
}

async function findText(api: GitHubApi, { project, ref }: Target, path: string): Promise<string | undefined> {
  const parts = path.split('/').map((part) => encodePart(TITLE, 'workflow', part));
  const { status, value } = await api.http.send({
    path: `${repositoryPath(project)}/contents/${parts.join('/')}`,
    query: { ref },
    subject: `file ${path} of ${project}`,
    expected: [404],
  });
  if (status === 404) return undefined;
  const file = new Answer(value, `the file ${path}`);
  return Buffer.from(file.text('content'), 'base64').toString('utf8');
}

async function fetchPath(api: GitHubApi, { project, pipeline }: Target): Promise<string> {
  const { value } = await api.http.send({
    path: workflowPath(project, pipeline),
    subject: `workflow ${pipeline} of ${project}`,
  });
  return new Answer(value, 'the workflow').text('path');
}
