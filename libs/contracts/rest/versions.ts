import type { VersionDiff } from '#domain/versions/compare-versions.js';
import type { VersionName } from './workflows.js';

export interface PublicationView {
  /** SemVer 2.0.0. */
  readonly as: string;
  readonly by: string;
  readonly at: string;
  readonly reason: string;
  /** In the answer to its publication: published versions that mean the same. */
  readonly sameAs?: readonly string[];
}

/** POST /workflows/{id}/versions/{number}/publish answers 201, or 200 where it was published as this before. */
export interface PublishRequest {
  /** SemVer 2.0.0, greater than what was published before on its line. */
  readonly version: string;
  readonly reason: string;
}

/**
 * GET /workflows/{id}/aliases, /workflows/{id}/aliases/{name}. PUT takes an AliasRequest: 201 where it is new. DELETE takes
 * the reason as `?reason=`. Both take If-Match with the ETag of the alias; PUT takes `If-None-Match: *` too.
 */
export interface AliasView {
  readonly name: string;
  readonly version: number;
  /** What that version was published as. */
  readonly as: string;
  readonly movedBy: string;
  readonly movedAt: string;
  readonly reason: string;
}

export interface AliasRequest {
  /** Of a published version. */
  readonly version: VersionName;
  readonly reason: string;
}

/** GET /workflows/{id}/aliases/{name}/history: newest first; without `version` where it was removed. */
export interface AliasMoveView {
  readonly version?: number;
  readonly as?: string;
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}

/**
 * GET /workflows/{id}/diff?from=&to=: how two versions differ in meaning. Without `to` the newest is meant; without `from`
 * the newest published one, or the one before `to` where nothing was published.
 */
export interface VersionDiffView extends VersionDiff {
  readonly workflow: string;
  readonly from: ComparedVersion;
  readonly to: ComparedVersion;
  /** The least semantic version as which `to` may be published, where it is a draft and `from` is none. */
  readonly next?: string;
}

export interface ComparedVersion {
  readonly version: number;
  readonly publishedAs?: string;
  readonly digest: string;
}
