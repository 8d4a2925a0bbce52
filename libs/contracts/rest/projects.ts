import type { ReasonRequest } from './operations.js';

/** GET /projects: those that the caller is in. DELETE is refused while it holds anything. */
export interface ProjectView {
  readonly name: string;
  readonly description?: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** POST /projects. */
export interface ProjectRequest extends ReasonRequest {
  readonly name: string;
  readonly description?: string;
}

/** PATCH /projects/{name}. */
export interface ProjectChange extends ReasonRequest {
  /** null: none. */
  readonly description: string | null;
}

/** GET /members and /members/{user}: who is in the project of the request. */
export interface MemberView {
  /** Name of the person. */
  readonly user: string;
  readonly displayName?: string;
  readonly roles: readonly string[];
  readonly updatedBy: string;
  readonly updatedAt: string;
}

/** PUT /members/{user}: 201 where the person was not in it. */
export interface MemberRequest extends ReasonRequest {
  readonly roles: readonly string[];
}

/** GET /settings: those of the project of the request. */
export interface SettingsView {
  /** Longest life of an API key that is made in the project, as a duration; absent: any, also one without end. */
  readonly keyLifetime?: string;
}

/** PATCH /settings: what is absent stays, null takes it away. */
export interface SettingsChange extends ReasonRequest {
  readonly keyLifetime?: string | null;
}
