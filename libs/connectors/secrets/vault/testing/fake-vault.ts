import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Json } from '#domain/json.js';
import type { VaultLogin } from '../vault-settings.js';
import type { RoleWish, VaultRig } from './vault-rig.js';

interface Token {
  readonly paths: readonly string[] | 'all';
  readonly ttlMs: number;
  endsAt: number;
  readonly role?: string;
}

interface Role {
  readonly wish: RoleWish;
  uses: number;
}

type Answer = readonly [status: number, body: unknown];

const MOUNTS = ['ci', 'teams/payments'];
const DENIED: Answer = [403, { errors: ['1 error occurred:\n\t* permission denied\n\n'] }];

/**
 * The part of Vault's HTTP API that we use, answered as its documentation says: reading of KV version 2, AppRole logins,
 * looking up and renewing a token. Tests may also put an answer of their own before it.
 */
export class FakeVault implements VaultRig {
  address = '';
  readonly rootToken = 'hvs.root';
  /** `METHOD path` of each request, and its headers. */
  readonly requests: { readonly what: string; readonly headers: IncomingMessage['headers'] }[] = [];
  /** Asked first; where it answers nothing, the fake does. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  private sealed = false;
  private readonly tokens = new Map<string, Token>();
  private readonly roles = new Map<string, Role>();
  private readonly secrets = new Map<string, Readonly<Record<string, Json>> | undefined>();
  private stop: () => Promise<void> = async () => undefined;

  static async start(tls?: { readonly key: string; readonly cert: string }): Promise<FakeVault> {
    const vault = new FakeVault();
    vault.tokens.set(vault.rootToken, { paths: 'all', ttlMs: 0, endsAt: Number.POSITIVE_INFINITY });
    const listener = (request: IncomingMessage, response: ServerResponse) =>
      void vault.serve(request, response);
    const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    vault.address = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
    vault.stop = () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    return vault;
  }

  count(what: string): number {
    return this.requests.filter((request) => request.what === what).length;
  }

  async write(mount: string, path: string, fields: Readonly<Record<string, Json>>): Promise<void> {
    this.secrets.set(`${mount}/data/${path}`, fields);
  }

  async remove(mount: string, path: string): Promise<void> {
    this.secrets.set(`${mount}/data/${path}`, undefined);
  }

  async createToken(paths: readonly string[], ttlSeconds: number): Promise<string> {
    return this.grant({ paths, ttlMs: ttlSeconds * 1000, endsAt: Date.now() + ttlSeconds * 1000 });
  }

  async createRole(wish: RoleWish): Promise<Extract<VaultLogin, { kind: 'approle' }>> {
    const id = randomUUID();
    this.roles.set(id, { wish, uses: 0 });
    return { kind: 'approle', mount: 'approle', roleId: { text: id }, secretId: { text: `secret-of-${id}` } };
  }

  async revokeTokensOf(login: VaultLogin): Promise<void> {
    const id = login.kind === 'approle' && 'text' in login.roleId ? login.roleId.text : undefined;
    for (const [token, { role }] of this.tokens) if (role === id) this.tokens.delete(token);
  }

  async revoke(token: string): Promise<void> {
    this.tokens.delete(token);
  }

  async seal(): Promise<void> {
    this.sealed = true;
  }

  async unseal(): Promise<void> {
    this.sealed = false;
  }

  close(): Promise<void> {
    return this.stop();
  }

  private grant(token: Token): string {
    const text = `hvs.${randomUUID()}`;
    this.tokens.set(text, token);
    return text;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').replace(/^\/v1\//, '');
    this.requests.push({ what: `${request.method} ${path}`, headers: request.headers });
    let text = '';
    for await (const chunk of request) text += String(chunk);
    if (this.intercept(request, response)) return;
    const [status, body] = this.answer(`${request.method} ${path}`, request, text);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  private answer(what: string, request: IncomingMessage, text: string): Answer {
    if (this.sealed) return [503, { errors: ['Vault is sealed'] }];
    if (what === 'POST auth/approle/login') return this.logIn(JSON.parse(text));
    const given = String(request.headers['x-vault-token']);
    const token = this.tokens.get(given);
    if (token === undefined || token.endsAt <= Date.now()) return DENIED;
    if (what === 'GET auth/token/lookup-self') {
      return [200, { data: { ttl: token.ttlMs / 1000, renewable: token.ttlMs > 0 } }];
    }
    if (what === 'POST auth/token/renew-self') {
      token.endsAt = Date.now() + token.ttlMs;
      return [200, { auth: this.describe(given, token) }];
    }
    return this.read(decodeURIComponent(what.replace(/^GET /, '')), token);
  }

  private logIn(body: Readonly<Record<string, unknown>>): Answer {
    const id = String(body['role_id']);
    const role = this.roles.get(id);
    const used = role?.wish.once === true && role.uses > 0;
    if (role === undefined || used || body['secret_id'] !== `secret-of-${id}`) {
      return [400, { errors: ['invalid role or secret ID'] }];
    }
    role.uses += 1;
    const ttlMs = role.wish.ttlSeconds * 1000;
    const text = this.grant({ paths: role.wish.paths, ttlMs, endsAt: Date.now() + ttlMs, role: id });
    return [200, { auth: this.describe(text, { ttlMs }) }];
  }

  private describe(text: string, { ttlMs }: Pick<Token, 'ttlMs'>): object {
    return { client_token: text, lease_duration: ttlMs / 1000, renewable: ttlMs > 0 };
  }

  private read(path: string, token: Token): Answer {
    if (token.paths !== 'all' && !token.paths.some((allowed) => path === `ci/data/${allowed}`)) return DENIED;
    if (!MOUNTS.some((mount) => path.startsWith(`${mount}/`))) {
      return [404, { errors: [`no handler for route "${path}". route entry not found.`] }];
    }
    if (!this.secrets.has(path)) return [404, { errors: [] }];
    const fields = this.secrets.get(path);
    if (fields !== undefined) return [200, { data: { data: fields, metadata: { version: 1 } } }];
    return [404, { data: { data: null, metadata: { deletion_time: '2026-01-01T00:00:00Z', version: 1 } } }];
  }
}
