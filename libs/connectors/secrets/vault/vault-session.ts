import { readFile } from 'node:fs/promises';
import { isSluiceError } from '#domain/errors.js';
import { isJsonObject, type JsonObject } from '#domain/json.js';
import type { VaultAnswer, VaultClient } from './vault-client.js';
import { createAnswerInvalid, createLoginRefused, quoteWords } from './vault-failure.js';
import { type GivenValue, isHeaderText, type VaultLogin } from './vault-settings.js';

/** Who we are to Vault. Lasts as long as the process: tokens are renewed in the background while they can be. */
export interface VaultSession {
  /** A token that Vault took when it was last heard of. Throws SluiceError `vault-login-refused`, and what the client throws. */
  readToken(): Promise<string>;
  /**
   * After `token` was refused something: another one to ask with, or undefined where Vault still takes `token`, so that
   * it is a policy that refuses.
   */
  replaceToken(token: string): Promise<string | undefined>;
  close(): void;
}

interface Lease {
  readonly token: string;
  /** Milliseconds for which Vault granted it; Infinity where it does not expire. */
  readonly grantedMs: number;
  readonly endsAt: number;
}

const MIN_RENEWAL_MS = 500;
const MAX_RENEWAL_MS = 12 * 60 * 60 * 1000;
const RETRY_MS = 5_000;
const MAX_FILE_BYTES = 16 * 1024;

export function createVaultSession(client: VaultClient, login: VaultLogin): VaultSession {
  return login.kind === 'token' ? new TokenSession(client, login.token) : new AppRoleSession(client, login);
}

/** A token that is given, as Vault agents do: renewed while it can be, read anew when its file changes. */
class TokenSession implements VaultSession {
  private readonly renewal: Renewal;
  private watched: string | undefined;

  constructor(
    private readonly client: VaultClient,
    private readonly given: GivenValue,
  ) {
    this.renewal = new Renewal(client);
  }

  async readToken(): Promise<string> {
    const token = await readGiven(this.given, 'the token');
    if (token !== this.watched) {
      this.watched = token;
      // Whether it can be renewed is nothing that the secret waits for.
      void this.watch(token).catch(() => (this.watched = undefined));
    }
    return token;
  }

  async replaceToken(token: string): Promise<string | undefined> {
    const now = await readGiven(this.given, 'the token');
    if (now !== token) return now;
    if ((await lookUp(this.client, token)) !== undefined) return undefined;
    throw createLoginRefused(
      'Vault does not take the token of this worker, not even to tell what it is.',
      'It has expired, was revoked, or lacks the policy `default`: give the worker another one.',
    );
  }

  close(): void {
    this.renewal.stop();
  }

  private async watch(token: string): Promise<void> {
    const facts = await lookUp(this.client, token);
    const ttl = facts?.['ttl'];
    if (facts?.['renewable'] !== true || typeof ttl !== 'number' || ttl <= 0) return;
    this.renewal.start(createLease(token, ttl), () => undefined);
  }
}

/** Logs in by an AppRole when a token is first needed, and again when it ends. */
class AppRoleSession implements VaultSession {
  private readonly renewal: Renewal;
  private lease: Lease | undefined;
  private pending: Promise<string> | undefined;

  constructor(
    private readonly client: VaultClient,
    private readonly role: Extract<VaultLogin, { kind: 'approle' }>,
  ) {
    this.renewal = new Renewal(client);
  }

  async readToken(): Promise<string> {
    if (this.lease !== undefined && Date.now() < this.lease.endsAt) return this.lease.token;
    return this.logIn();
  }

  async replaceToken(token: string): Promise<string | undefined> {
    if (this.lease?.token === token) {
      if ((await lookUp(this.client, token)) !== undefined) return undefined;
      if (this.lease?.token === token) this.lease = undefined;
    }
    return this.readToken();
  }

  close(): void {
    this.renewal.stop();
  }

  /** One login for all who ask meanwhile. */
  private logIn(): Promise<string> {
    this.pending ??= this.askForToken().finally(() => (this.pending = undefined));
    return this.pending;
  }

  private async askForToken(): Promise<string> {
    const { mount, roleId, secretId } = this.role;
    const answer = await this.client.ask({
      method: 'POST',
      path: `auth/${mount}/login`,
      body: {
        role_id: await readGiven(roleId, 'the role id'),
        secret_id: await readGiven(secretId, 'the secret id'),
      },
      signal: new AbortController().signal,
    });
    if (answer.status !== 200) {
      throw createLoginRefused(
        `Vault refuses the login by the AppRole at ${JSON.stringify(mount)} with status ${answer.status}${quoteWords(answer.errors)}.`,
        'Check the role id and the mount, and give the worker a secret id that has neither expired nor been used up.',
      );
    }
    const lease = readLease(answer);
    if (lease === undefined) throw createAnswerInvalid('The login brought no token.');
    this.lease = lease;
    if (isRenewable(answer)) this.renewal.start(lease, (next) => this.renewed(lease, next));
    return lease.token;
  }

  /** Near the end of the longest time that the role allows, Vault grants less and less: then another login is better. */
  private renewed(first: Lease, next: Lease | undefined): void {
    if (this.lease?.token !== first.token) return;
    if (next !== undefined) this.lease = next;
    if (next === undefined || next.grantedMs < first.grantedMs / 2) {
      this.renewal.stop();
      // Where it fails, the one that is held serves to its end, and whoever asks then learns why.
      this.logIn().catch(() => undefined);
    }
  }
}

/** Renews one token again and again, each time after half of what Vault granted. */
class Renewal {
  private timer: NodeJS.Timeout | undefined;
  private generation = 0;

  constructor(private readonly client: VaultClient) {}

  /** @param onRenewed is told each new lease, and undefined when Vault will not renew the token any more */
  start(lease: Lease, onRenewed: (next: Lease | undefined) => void): void {
    this.stop();
    this.schedule(lease, lease.grantedMs / 2, onRenewed);
  }

  stop(): void {
    this.generation += 1;
    clearTimeout(this.timer);
  }

  private schedule(lease: Lease, delayMs: number, onRenewed: (next: Lease | undefined) => void): void {
    const generation = this.generation;
    const delay = Math.min(Math.max(delayMs, MIN_RENEWAL_MS), MAX_RENEWAL_MS);
    this.timer = setTimeout(() => {
      void this.renew(lease).then((outcome) => {
        if (generation !== this.generation) return;
        if (outcome === 'unknown') {
          if (Date.now() < lease.endsAt) this.schedule(lease, RETRY_MS, onRenewed);
          return;
        }
        onRenewed(outcome);
        if (outcome !== undefined && generation === this.generation) {
          this.schedule(outcome, outcome.grantedMs / 2, onRenewed);
        }
      });
    }, delay).unref();
  }

  private async renew(lease: Lease): Promise<Lease | undefined | 'unknown'> {
    try {
      const answer = await this.client.ask({
        method: 'POST',
        path: 'auth/token/renew-self',
        token: lease.token,
        body: {},
        signal: new AbortController().signal,
      });
      return answer.status === 200 ? readLease(answer) : undefined;
    } catch {
      return 'unknown';
    }
  }
}

/** What Vault knows of a token, by the token itself; undefined where it does not take it. */
async function lookUp(client: VaultClient, token: string): Promise<JsonObject | undefined> {
  const answer = await client.ask({
    method: 'GET',
    path: 'auth/token/lookup-self',
    token,
    signal: new AbortController().signal,
  });
  const facts = answer.body['data'];
  return answer.status === 200 && isJsonObject(facts) ? facts : undefined;
}

function readLease(answer: VaultAnswer): Lease | undefined {
  const auth = answer.body['auth'];
  if (!isJsonObject(auth)) return undefined;
  const { client_token: token, lease_duration: seconds } = auth;
  if (typeof token !== 'string' || !isHeaderText(token) || typeof seconds !== 'number') return undefined;
  return createLease(token, seconds);
}

function createLease(token: string, seconds: number): Lease {
  const grantedMs = seconds > 0 ? seconds * 1000 : Number.POSITIVE_INFINITY;
  return { token, grantedMs, endsAt: Date.now() + grantedMs };
}

function isRenewable({ body: { auth } }: VaultAnswer): boolean {
  return isJsonObject(auth) && auth['renewable'] === true;
}

/** Throws SluiceError `vault-login-refused` where its file holds nothing that could be it. */
async function readGiven(given: GivenValue, what: string): Promise<string> {
  if ('text' in given) return given.text;
  const text = await readFile(given.file, 'utf8').catch((error: unknown) => {
    throw createLoginRefused(
      `${JSON.stringify(given.file)}, which holds ${what} for Vault, cannot be read (${codeOf(error)}).`,
      'Put the file where the worker runs, readable by it.',
    );
  });
  const value = text.length > MAX_FILE_BYTES ? '' : text.trim();
  if (isHeaderText(value)) return value;
  throw createLoginRefused(
    `${JSON.stringify(given.file)} does not hold ${what} for Vault.`,
    'The file holds that and nothing else, as one line.',
  );
}

function codeOf(error: unknown): string {
  if (isSluiceError(error)) return error.code;
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
