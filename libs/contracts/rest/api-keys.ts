import type { ReasonRequest } from './operations.js';

/** In SLUICE_HOME: the key of the machine's administrator. */
export const ADMIN_KEY_FILE = 'admin.key';

/** GET /api-keys and /api-keys/{id}; DELETE revokes it, for ever. */
export interface ApiKeyView {
  /** The part of the key that is no secret. */
  readonly id: string;
  readonly name: string;
  /** Name of the person that it stands for, whose roles count then. */
  readonly user?: string;
  /** `*`: all, those to come among them. */
  readonly projects: readonly string[];
  /** In each of its projects. */
  readonly roles: readonly string[];
  readonly createdBy: string;
  readonly createdAt: string;
  readonly expiresAt?: string;
  /** Within a minute. */
  readonly lastUsedAt?: string;
  readonly revokedAt?: string;
  readonly revokedBy?: string;
}

/** POST /api-keys; answers 201 with a CreatedApiKeyView. */
export interface ApiKeyRequest extends ReasonRequest {
  readonly name: string;
  /** Needed, unless it stands for a person. */
  readonly roles?: readonly string[];
  readonly user?: string;
  /** The project of the request alone when absent; others only by an administrator of all projects. */
  readonly projects?: readonly string[];
  readonly expiresAt?: string;
}

export interface CreatedApiKeyView extends ApiKeyView {
  /** The key itself: it is told this once. */
  readonly key: string;
}

/** POST /auth/token, with an API key in the Authorization header: a token of its rights, or of some of them. */
export interface TokenRequest {
  /** Seconds; 900 when absent. */
  readonly expiresIn?: number;
  readonly roles?: readonly string[];
  readonly project?: string;
}

export interface TokenView {
  readonly token: string;
  readonly tokenType: 'Bearer';
  /** Seconds. */
  readonly expiresIn: number;
}
