import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, realpath, rm, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { PipelineWorld } from '#connectors/cicd/pipeline-world.js';
import type { PlatformClient, Unsupported } from '#connectors/cicd/platform.js';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import {
  ARTIFACT_LIMIT,
  type PipelineArtifactsInput,
  type PipelineArtifactsOutput,
} from '#contracts/catalogue/pipeline-artifacts.js';
import type { ExecutionReference, PipelineArtifact } from '#contracts/cicd/execution.js';
import type { Action, ActionContext } from '#contracts/ports.js';
import { findExecution, requireWorld } from '../find-platform.js';
import { type Allowance, createInvalid, limitTo, unpack } from './artifacts/unpack.js';
import { locateInWorkspace, preparePrivateFolders } from './process/workspace-folders.js';

/**
 * `pipeline/artifacts`. Throws SluiceError `artifact-not-found`, `artifacts-unsupported`, `artifact-expired`,
 * `artifact-invalid`, `artifact-too-large`, `path-outside-workspace`, and what finding the execution and the client throw.
 */
export function createPipelineArtifacts(known: PipelineWorld | undefined): Action {
  return async (given, context) => {
    const world = requireWorld(known);
    const input = given as unknown as PipelineArtifactsInput;
    const { client, reference } = await findExecution(world, context, input.execution);
    const listed = await client.artifacts(reference);
    if ('unsupported' in listed) throw createUnsupported(listed);
    return { ...(await new ArtifactUse(client, reference, input, context).take(listed)) };
  };
}

type TakenArtifact = PipelineArtifactsOutput['artifacts'][number];

class ArtifactUse {
  private readonly allowance: Allowance;

  constructor(
    private readonly client: PlatformClient,
    private readonly reference: ExecutionReference,
    private readonly input: PipelineArtifactsInput,
    private readonly context: ActionContext,
  ) {
    const limit = input.maxBytes ?? ARTIFACT_LIMIT.default;
    this.allowance = { left: limit, limit };
  }

  async take(listed: readonly PipelineArtifact[]): Promise<PipelineArtifactsOutput> {
    const { names, directory = 'artifacts' } = this.input;
    const lacking = names?.find((name) => !listed.some((artifact) => artifact.name === name));
    if (lacking !== undefined) throw createNotFound(lacking, listed);
    const wanted = listed.filter(({ name, expired }) =>
      names === undefined ? !expired : names.includes(name),
    );
    const root = await realpath(this.context.workspace);
    const taken: TakenArtifact[] = [];
    const folders = new Set<string>();
    for (const artifact of wanted) {
      const place = choosePlace(artifact, folders);
      const folder = await locateInWorkspace(root, join(directory, place));
      const { files, bytes } = await this.write(artifact, folder);
      const { name, job } = artifact;
      taken.push({
        name,
        ...(job === undefined ? {} : { job }),
        files,
        bytes,
        directory: relative(root, artifact.form === 'file' ? dirname(folder) : folder),
      });
      this.context.log('sluice', `Took ${name}: ${files} files, ${bytes} bytes.`);
    }
    return { artifacts: taken };
  }

  private async write(artifact: PipelineArtifact, place: string): Promise<{ files: number; bytes: number }> {
    const content = await this.client.download(this.reference, artifact);
    if ('unsupported' in content) throw createUnsupported(content);
    const { signal, workspace } = this.context;
    if (artifact.form === 'file') {
      await mkdir(dirname(place), { recursive: true });
      await pipeline(content, limitTo(this.allowance), createWriteStream(place), { signal });
      return { files: 1, bytes: (await stat(place)).size };
    }
    const { temporary } = await preparePrivateFolders(workspace);
    const archive = join(temporary, `artifact-${randomUUID()}.zip`);
    try {
      // What is packed counts, too: it lies beside what is unpacked from it.
      await pipeline(content, limitTo({ ...this.allowance }), createWriteStream(archive), { signal });
      // An earlier attempt may have got half of it there.
      await rm(place, { recursive: true, force: true });
      await mkdir(place, { recursive: true });
      return await unpack(archive, place, this.allowance, signal);
    } finally {
      await rm(archive, { force: true });
    }
  }
}

/** Where an artifact goes, relative to the folder of all: its name, where a platform's name is fit to be one. */
function choosePlace({ id, name, job, form }: PipelineArtifact, taken: Set<string>): string {
  const parts = (form === 'file' ? name.split('/') : [name.replaceAll('/', '-')]).filter(
    (part) => part !== '',
  );
  const unfit = parts.length === 0 || parts.some((part) => part === '.' || part === '..' || UNFIT.test(part));
  if (unfit) throw createInvalid(`Its name ${JSON.stringify(name)} is no path.`);
  const place = join(...parts);
  const mark = (job ?? createHash('sha256').update(id).digest('hex').slice(0, 8)).replace(
    /[^A-Za-z0-9._-]+/g,
    '-',
  );
  const chosen = taken.has(place) ? join(`of-${mark}`, place) : place;
  if (taken.has(chosen)) throw createInvalid(`There are two of the name ${JSON.stringify(name)}.`);
  taken.add(chosen);
  return chosen;
}

/** Characters that end or bend a path. */
const UNFIT = /[\p{Cc}\\]/u;

function createNotFound(name: string, listed: readonly PipelineArtifact[]): Error {
  const known = listed.slice(0, 20).map((artifact) => artifact.name);
  return createActionFailure({
    code: 'artifact-not-found',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `The pipeline has left no artifact ${JSON.stringify(name)}.`,
    hint: known.length === 0 ? 'It has left none at all.' : `There are: ${known.join(', ')}.`,
  });
}

function createUnsupported({ instead }: Unsupported): Error {
  return createActionFailure({
    code: 'artifacts-unsupported',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: 'The platform has no artifacts that can be taken here.',
    hint: instead,
  });
}
