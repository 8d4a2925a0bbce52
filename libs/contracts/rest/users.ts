import type { ReasonRequest } from './operations.js';

/** GET /users and /users/{name}. */
export interface UserView {
  readonly name: string;
  readonly displayName?: string;
  /** OIDC: who vouches for the person, and as whom; absent: known by name alone. */
  readonly issuer?: string;
  readonly subject?: string;
  /** In all projects. */
  readonly roles: readonly string[];
  readonly createdBy: string;
  readonly createdAt: string;
  /** Shut out since then. */
  readonly disabledAt?: string;
}

/** POST /users. */
export interface UserRequest extends ReasonRequest {
  readonly name: string;
  readonly displayName?: string;
  /** Only together with `subject`. */
  readonly issuer?: string;
  readonly subject?: string;
  /** In all projects. */
  readonly roles?: readonly string[];
}

/** PATCH /users/{name}: what is absent stays. */
export interface UserChange extends ReasonRequest {
  readonly displayName?: string | null;
  readonly roles?: readonly string[];
  readonly disabled?: boolean;
}

/** GET /users/me. */
export interface CallerView {
  /** As the audit log has it. */
  readonly actor: string;
  /** By what the caller got in: `key`, `token`, `issuer`, or `open` where nobody has to show anything. */
  readonly means: string;
  /** Name of the person, where it is one. */
  readonly user?: string;
  readonly project: string;
  /** In this project. */
  readonly roles: readonly string[];
  /** In all projects. */
  readonly everywhere: readonly string[];
  /** What they allow. */
  readonly permissions: readonly string[];
}
