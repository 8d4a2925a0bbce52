import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { PublishRequest } from '#contracts/rest/versions.js';
import { canonicalJson } from '#domain/plan/canonical-json.js';
import { describeObstacle, findLatest, findObstacle } from '#domain/versions/check-publication.js';
import { parseSemVer, type SemVer } from '#domain/versions/semver.js';
import { LATEST_ALIAS } from '#domain/versions/version-reference.js';
import type { WorkflowPublication } from '#persistence/entities/workflow-publication.entity.js';
import type { WorkflowVersion } from '#persistence/entities/workflow-version.entity.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { VersionRepository } from '#persistence/repositories/version-repository.js';
import { WorkflowRepository, type WorkflowRow } from '#persistence/repositories/workflow-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';

interface Published {
  /** False where it was published as this before. */
  readonly created: boolean;
  /** What other versions that mean the same were published as. */
  readonly sameAs: readonly string[];
}

/** Gives versions the number that people know them by. */
@Injectable()
export class PublishVersion {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /**
   * Throws SluiceError `workflow-version-not-found`, `request-invalid`, `version-already-published`, `semver-taken`,
   * `semver-not-greater`. Who asks for the same again is answered as the first time.
   */
  async publish(
    workflow: WorkflowRow,
    number: number,
    request: PublishRequest,
    caller: Caller,
  ): Promise<Published> {
    const semver = readSemVer(request.version);
    return this.dataSource.transaction(async (manager) => {
      const versions = new VersionRepository(manager);
      await versions.lock(workflow.id);
      const version = await new WorkflowRepository(manager).findVersion(workflow.id, number);
      if (version === null) {
        throw problemError('workflow-version-not-found', `${workflow.name} has no version ${number}.`);
      }
      const published = await versions.listPublications(workflow.id);
      const sameAs = await findSame(manager, version, published);
      if (isRepeated(published, number, request.version)) return { created: false, sameAs };
      refuseTaken(published, number, semver);
      const publication = {
        workflowId: workflow.id,
        version: number,
        project: caller.project,
        semver: request.version,
        precedence: semver.precedence,
        digest: version.digest,
        reason: request.reason,
        publishedBy: caller.actor,
      };
      await versions.publish(publication);
      await followLatest(versions, [...published, publication], publication);
      await new AuditRepository(manager).add({
        ...caller,
        action: 'workflow.publish',
        objectType: 'workflow',
        objectId: workflow.id,
        after: { name: workflow.name, version: number, as: request.version, digest: version.digest },
        reason: request.reason,
      });
      return { created: true, sameAs };
    });
  }
}

function readSemVer(text: string): SemVer {
  const semver = parseSemVer(text);
  if (semver !== undefined) return semver;
  const message = 'must be a semantic version (semver.org), as 1.4.0 or 2.0.0-rc.1, at most 100 characters';
  throw problemError('request-invalid', `version ${message}.`, { errors: [{ path: 'version', message }] });
}

function isRepeated(published: readonly WorkflowPublication[], number: number, semver: string): boolean {
  const earlier = published.find(({ version }) => version === number);
  if (earlier === undefined || earlier.semver === semver) return earlier !== undefined;
  throw problemError('version-already-published', `Version ${number} was published as ${earlier.semver}.`);
}

function refuseTaken(published: readonly WorkflowPublication[], number: number, semver: SemVer): void {
  const taken = published.find(({ precedence }) => precedence === semver.precedence);
  if (taken !== undefined) {
    const message = `Version ${taken.version} was published as ${taken.semver}, not version ${number}.`;
    throw problemError('semver-taken', message);
  }
  const obstacle = findObstacle(semver, published.map(semverOf));
  if (obstacle !== undefined) throw problemError('semver-not-greater', describeObstacle(semver, obstacle));
}

function semverOf({ semver }: Pick<WorkflowPublication, 'semver'>): SemVer {
  return parseSemVer(semver)!;
}

type NewPublication = Omit<WorkflowPublication, 'publishedAt' | 'workflowVersion'>;

async function followLatest(
  versions: VersionRepository,
  all: readonly NewPublication[],
  publication: NewPublication,
): Promise<void> {
  if (findLatest(all, semverOf) !== publication) return;
  const { project, workflowId, version, semver, publishedBy } = publication;
  const reason = `Published as ${semver}.`;
  await versions.moveAlias({ project, workflowId, name: LATEST_ALIAS, version, reason, by: publishedBy });
}

/** The digest is the plan's alone: the inputs must be the same too. */
async function findSame(
  manager: EntityManager,
  version: WorkflowVersion,
  published: readonly WorkflowPublication[],
): Promise<string[]> {
  const same: string[] = [];
  for (const other of published) {
    if (other.digest !== version.digest || other.version === version.version) continue;
    const found = await new WorkflowRepository(manager).findVersion(version.workflowId, other.version);
    if (found !== null && canonicalJson(found.inputs) === canonicalJson(version.inputs)) {
      same.push(other.semver);
    }
  }
  return same;
}
