import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { VaultLogin } from '#connectors/secrets/vault/vault-settings.js';
import type { Json } from '#domain/json.js';
import type { RoleWish, VaultRig } from '../../libs/connectors/secrets/vault/testing/vault-rig.js';

const API_PATHS: Readonly<Record<string, object>> = {
  'sys/mounts/ci': { type: 'kv', options: { version: '2' } },
  'sys/mounts/teams/payments': { type: 'kv', options: { version: '2' } },
  'sys/auth/approle': { type: 'approle' },
};
const READY_MS = 60_000;

/** A Vault of its own in memory, which ends with this process. */
export class RealVault implements VaultRig {
  private names = 0;

  private constructor(
    private readonly child: ChildProcess,
    readonly address: string,
    readonly rootToken: string,
    private readonly unsealKey: string,
  ) {}

  /** With the engines of a rig, and AppRole. */
  static async start(program: string): Promise<RealVault> {
    const vault = await RealVault.startEmpty(program);
    for (const [path, body] of Object.entries(API_PATHS)) await vault.ask('POST', path, body);
    for (const mount of ['ci', 'teams/payments']) await vault.untilReady(mount);
    return vault;
  }

  static async startEmpty(program: string): Promise<RealVault> {
    const child = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [line] = await once(createInterface(child.stdout!), 'line', {
      signal: AbortSignal.timeout(READY_MS),
    });
    const { address, token, unsealKey } = JSON.parse(String(line)) as Record<string, string>;
    return new RealVault(child, address!, token!, unsealKey!);
  }

  async write(mount: string, path: string, fields: Readonly<Record<string, Json>>): Promise<void> {
    await this.ask('POST', `${mount}/data/${path}`, { data: fields });
  }

  async remove(mount: string, path: string): Promise<void> {
    await this.ask('DELETE', `${mount}/data/${path}`);
  }

  async createToken(paths: readonly string[], ttlSeconds: number): Promise<string> {
    const policies = [await this.createPolicy(paths)];
    const { auth } = await this.ask('POST', 'auth/token/create', { policies, ttl: `${ttlSeconds}s` });
    return auth.client_token;
  }

  async createRole({
    paths,
    ttlSeconds,
    once: single = false,
  }: RoleWish): Promise<Extract<VaultLogin, { kind: 'approle' }>> {
    const role = `auth/approle/role/${this.createName()}`;
    const policy = await this.createPolicy(paths);
    await this.ask('POST', role, {
      token_policies: [policy],
      token_ttl: `${ttlSeconds}s`,
      secret_id_num_uses: single ? 1 : 0,
    });
    const roleId = (await this.ask('GET', `${role}/role-id`)).data.role_id;
    const secretId = (await this.ask('POST', `${role}/secret-id`)).data.secret_id;
    return { kind: 'approle', mount: 'approle', roleId: { text: roleId }, secretId: { text: secretId } };
  }

  /** All that any role gave: nothing else of the test lives of such tokens. */
  async revokeTokensOf(): Promise<void> {
    await this.ask('POST', 'sys/leases/revoke-prefix/auth/approle', {});
  }

  async revoke(token: string): Promise<void> {
    await this.ask('POST', 'auth/token/revoke', { token });
  }

  async seal(): Promise<void> {
    await this.ask('POST', 'sys/seal');
  }

  async unseal(): Promise<void> {
    await this.ask('POST', 'sys/unseal', { key: this.unsealKey });
    for (const mount of ['ci', 'teams/payments']) await this.untilReady(mount);
  }

  async close(): Promise<void> {
    const end = once(this.child, 'exit');
    this.child.stdin?.end();
    await end;
  }

  private async createPolicy(paths: readonly string[]): Promise<string> {
    const name = this.createName();
    const policy = paths.map((path) => `path "ci/data/${path}" { capabilities = ["read"] }`).join('\n');
    await this.ask('POST', `sys/policies/acl/${name}`, {
      policy: policy || 'path "none" { capabilities = ["read"] }',
    });
    return name;
  }

  private createName(): string {
    this.names += 1;
    return `test-${this.names}`;
  }

  /** A key-value engine answers with 400 until it has made itself ready. */
  async untilReady(mount: string): Promise<void> {
    for (;;) {
      const { status } = await this.send('GET', `${mount}/data/none`);
      if (status === 404) return;
    }
  }

  /** As root. Throws where Vault does not do it. */
  async ask(method: string, path: string, body?: object) {
    const response = await this.send(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return text === '' ? {} : JSON.parse(text);
  }

  private send(method: string, path: string, body?: object): Promise<Response> {
    return fetch(`${this.address}/v1/${path}`, {
      method,
      headers: { 'x-vault-token': this.rootToken },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}
