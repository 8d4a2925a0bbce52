import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { ComparedVersion, VersionDiffView } from '#contracts/rest/versions.js';
import { FIRST_SEMVER, suggestNext } from '#domain/versions/check-publication.js';
import { compareVersions } from '#domain/versions/compare-versions.js';
import { type Bump, parseSemVer } from '#domain/versions/semver.js';
import type { VersionReference } from '#domain/versions/version-reference.js';
import type { WorkflowPublication } from '#persistence/entities/workflow-publication.entity.js';
import { VersionRepository } from '#persistence/repositories/version-repository.js';
import type { WorkflowRow } from '#persistence/repositories/workflow-repository.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindVersion } from './find-version.js';
import { resolveVersion } from './resolve-version.js';

interface Sides {
  readonly from: VersionReference | undefined;
  readonly to: VersionReference | undefined;
}

/** Says how two versions of a workflow differ, and what the later one may be published as. */
@Injectable()
export class CompareVersions {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindVersion) private readonly findVersion: FindVersion,
  ) {}

  /** Throws SluiceError `workflow-version-not-found`. */
  async compare(workflow: WorkflowRow, sides: Sides): Promise<VersionDiffView> {
    const { manager } = this.dataSource;
    const resolve = (reference: VersionReference) => resolveVersion(manager, workflow, reference);
    const to = sides.to === undefined ? workflow.latestVersion : await resolve(sides.to);
    const from =
      sides.from === undefined
        ? (workflow.published?.version ?? Math.max(1, to - 1))
        : await resolve(sides.from);
    const [before, after, published] = await Promise.all([
      this.findVersion.require({ workflowId: workflow.id, version: from }),
      this.findVersion.require({ workflowId: workflow.id, version: to }),
      new VersionRepository(manager).listPublications(workflow.id),
    ]);
    const diff = compareVersions(before, after);
    const next = suggest(diff.bump, { from, to, published });
    return {
      workflow: workflow.name,
      from: describe(before, published),
      to: describe(after, published),
      ...(next === undefined ? {} : { next }),
      ...diff,
    };
  }
}

function describe(
  { version, digest }: { readonly version: number; readonly digest: string },
  published: readonly WorkflowPublication[],
): ComparedVersion {
  const semver = published.find((each) => each.version === version)?.semver;
  return { version, ...(semver === undefined ? {} : { publishedAs: semver }), digest };
}

interface Compared {
  readonly from: number;
  readonly to: number;
  readonly published: readonly WorkflowPublication[];
}

function suggest(bump: Bump, { from, to, published }: Compared): string | undefined {
  if (published.length === 0) return FIRST_SEMVER;
  const base = published.find(({ version }) => version === from);
  if (base === undefined || published.some(({ version }) => version === to)) return undefined;
  return suggestNext(
    parseSemVer(base.semver)!,
    bump,
    published.map(({ semver }) => parseSemVer(semver)!),
  );
}
