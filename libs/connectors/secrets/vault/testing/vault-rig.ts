import type { Json } from '#domain/json.js';
import type { VaultLogin } from '../vault-settings.js';

/** A Vault that a test can set up, and break. Key-value engines are mounted at `ci` and at `teams/payments`. */
export interface VaultRig {
  readonly address: string;
  /** May do everything. */
  readonly rootToken: string;
  write(mount: string, path: string, fields: Readonly<Record<string, Json>>): Promise<void>;
  /** Deletes the newest version. */
  remove(mount: string, path: string): Promise<void>;
  /** A token that may read these paths of `ci`. */
  createToken(paths: readonly string[], ttlSeconds: number): Promise<string>;
  /** An AppRole that may read these paths of `ci`; its secret id is good for one login where `once`. */
  createRole(role: RoleWish): Promise<Extract<VaultLogin, { kind: 'approle' }>>;
  /** Revokes every token that the role has given. */
  revokeTokensOf(login: VaultLogin): Promise<void>;
  revoke(token: string): Promise<void>;
  seal(): Promise<void>;
  unseal(): Promise<void>;
  close(): Promise<void>;
}

export interface RoleWish {
  readonly paths: readonly string[];
  readonly ttlSeconds: number;
  readonly once?: boolean;
}
