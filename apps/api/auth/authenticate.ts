import type { IncomingMessage } from 'node:http';
import { decodeJwt } from 'jose';
import type { DataSource } from 'typeorm';
import {
  AccessRepository,
  DEFAULT_PROJECT,
  type KeyAccess,
  type Standing,
  type UserAccess,
} from '#persistence/repositories/access-repository.js';
import { correlationIdOf } from '../http/correlation.js';
import type { ApiRequest } from '../http/exchange.js';
import { problemError } from '../http/problem.js';
import { traceparentOf } from '../http/trace.js';
import { matchesSecret, parseApiKey } from './api-key.js';
import { credentialsError, readCredentials } from './credentials.js';
import type { Identity, Means } from './identity.js';
import { OWN_ISSUER, type OwnToken, type OwnTokens } from './own-tokens.js';
import { StreamTickets } from './stream-tickets.js';

const ACTOR_HEADER = 'x-sluice-actor';
const ACTOR = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$/;
const PROJECT_HEADER = 'x-sluice-project';
export const PROJECT_NAME = /^[a-z][a-z0-9-]{0,62}$/;
/** Of the key of this machine, and of everybody where nobody has to show a key. */
export const LOCAL_ACTOR = 'local';
const TOUCH_MS = 60_000;

const identities = new WeakMap<IncomingMessage, Identity>();

/** As `Authenticator.authenticate` found it out. */
export function identityOf(request: Pick<ApiRequest, 'raw'>): Identity {
  const identity = identities.get(request.raw);
  if (identity === undefined) throw new Error('the caller of a route was asked for before its guard');
  return identity;
}

/** Somebody who got in, before it is said for whom it asks. */
interface Entrant {
  readonly actor: string;
  readonly user: string | undefined;
  readonly standing: Standing;
  readonly means: Means;
  readonly speaksForOthers: boolean;
}

/** What vouches for people from outside. */
export interface Issuer {
  readonly name: string;
  /** Who the token says it is. Throws SluiceError `credentials-invalid`. */
  identify(token: string, project: string): Promise<UserAccess>;
}

interface AuthenticatorOptions {
  readonly dataSource: DataSource;
  readonly ownTokens: OwnTokens;
  readonly issuer?: Issuer | undefined;
  /** Whether who shows no credentials is the administrator: SLUICE_AUTH is off. */
  readonly open: boolean;
  /** Whether the key of this machine may ask in the name of others. */
  readonly loopback: boolean;
}

/** Finds out who asks, of a request of any kind, that for a WebSocket too. */
export class Authenticator {
  private readonly access: AccessRepository;
  private readonly tickets: StreamTickets;

  constructor(private readonly options: AuthenticatorOptions) {
    this.access = new AccessRepository(options.dataSource.manager);
    this.tickets = new StreamTickets(options.dataSource);
  }

  /**
   * Throws SluiceError `credentials-missing`, `credentials-invalid`, `stream-ticket-invalid`, `request-invalid`,
   * `permission-missing`.
   */
  async authenticate(request: ApiRequest): Promise<Identity> {
    const identity = (await this.admitTicket(request)) ?? (await this.admit(request));
    identities.set(request.raw, identity);
    return identity;
  }

  /** Who shows a ticket needs no credentials. */
  private async admitTicket(request: ApiRequest): Promise<Identity | undefined> {
    const holder = await this.tickets.redeem(request);
    if (holder === undefined) return undefined;
    return { ...holder, everywhere: [], user: undefined };
  }

  private async admit(request: Pick<ApiRequest, 'raw' | 'headers'>): Promise<Identity> {
    const credentials = readCredentials(request);
    // First of all: who shows nothing learns nothing of what else is wrong.
    if (credentials === undefined && !this.options.open) {
      throw problemError('credentials-missing', 'The request has no credentials.');
    }
    const project = readHeader(
      request,
      PROJECT_HEADER,
      PROJECT_NAME,
      'a letter, then letters, digits and -, in lower case, 63 at most',
    );
    const entrant =
      credentials === undefined ? await this.admitOpenly(project) : await this.identify(credentials, project);
    const { actor, user, standing } = await this.speakFor(entrant, request);
    return {
      actor,
      user,
      ...standing,
      means: entrant.means,
      correlationId: correlationIdOf(request),
      traceparent: traceparentOf(request),
    };
  }

  /** The page of Temporal's Web UI, on the one route that it may use without credentials. */
  admitGuest(request: Pick<ApiRequest, 'raw'>): void {
    identities.set(request.raw, {
      actor: 'temporal-ui',
      user: undefined,
      project: DEFAULT_PROJECT,
      roles: [],
      everywhere: ['admin'],
      means: { kind: 'open', id: 'open' },
      correlationId: correlationIdOf(request),
    });
  }

  private async admitOpenly(wanted: string | undefined): Promise<Entrant> {
    const project = wanted ?? DEFAULT_PROJECT;
    const roles = (await this.access.projectExists(project)) ? ['admin'] : [];
    return {
      actor: LOCAL_ACTOR,
      user: undefined,
      standing: { project, roles, everywhere: ['admin'] },
      means: { kind: 'open', id: 'open' },
      speaksForOthers: true,
    };
  }

  private async identify(credentials: string, project: string | undefined): Promise<Entrant> {
    if (credentials.startsWith('sluice_')) {
      const parsed = parseApiKey(credentials);
      const key = parsed && (await this.access.findKey(parsed.id, project));
      if (parsed === undefined || !matchesSecret(parsed.secret, key?.hash)) {
        throw credentialsError('The API key is not valid.');
      }
      return this.admitKey(key!, 'key');
    }
    const issuer = issuerOf(credentials);
    if (issuer === OWN_ISSUER)
      return this.admitToken(await this.options.ownTokens.read(credentials), project);
    if (issuer === undefined || issuer !== this.options.issuer?.name) {
      throw credentialsError('The token is of no issuer that is known here.');
    }
    const user = await this.options.issuer.identify(credentials, project ?? DEFAULT_PROJECT);
    if (user.disabled) throw credentialsError('The person is shut out.');
    return {
      actor: user.name,
      user: user.name,
      standing: user.standing,
      means: { kind: 'issuer', id: user.id },
      speaksForOthers: false,
    };
  }

  private async admitToken(token: OwnToken, wanted: string | undefined): Promise<Entrant> {
    const key = await this.access.findKey(token.key, wanted ?? token.project);
    if (key === undefined) throw credentialsError('The key that the token was made of is not there.');
    const entrant = this.admitKey(key, 'token');
    return { ...entrant, standing: narrow(entrant.standing, token) };
  }

  private admitKey(key: KeyAccess, kind: 'key' | 'token'): Entrant {
    const refusal = findRefusal(key, Date.now());
    if (refusal !== undefined) throw credentialsError(refusal);
    if (key.lastUsedAt === null || Date.now() - key.lastUsedAt.getTime() > TOUCH_MS) {
      // Nobody waits for it, and nothing depends on it.
      this.access.touchKey(key.id).catch(() => undefined);
    }
    return {
      actor: key.user?.name ?? (key.speaksForOthers ? LOCAL_ACTOR : `key:${key.name}`),
      user: key.user?.name,
      standing: key.standing,
      means: { kind, id: key.id },
      speaksForOthers: key.speaksForOthers && this.options.loopback,
    };
  }

  /** Whom the header names: a person that is known, with that person's roles; or just another name. */
  private async speakFor(
    entrant: Entrant,
    request: Pick<ApiRequest, 'headers'>,
  ): Promise<Omit<Entrant, 'means' | 'speaksForOthers'>> {
    const name = readHeader(request, ACTOR_HEADER, ACTOR, 'letters, digits and . _ @ + -, 100 at most');
    if (name === undefined || name === entrant.actor) return entrant;
    if (!entrant.speaksForOthers) {
      throw problemError('permission-missing', `Only the administrator of this machine may ask as another.`);
    }
    const user = await this.access.findUserByName(name.toLowerCase(), entrant.standing.project);
    if (user === undefined) return { ...entrant, actor: name };
    if (user.disabled) throw problemError('permission-missing', `${user.name} is shut out.`);
    return { actor: user.name, user: user.name, standing: user.standing };
  }
}

/** Why the key lets nobody in any more; undefined while it does. */
export function findRefusal(
  { revoked, user, expiresAt }: Pick<KeyAccess, 'revoked' | 'user' | 'expiresAt'>,
  now: number,
): string | undefined {
  if (revoked || user?.disabled === true) return 'The API key was revoked.';
  return expiresAt !== null && expiresAt.getTime() <= now ? 'The API key has expired.' : undefined;
}

/** Not yet verified: it only chooses who verifies. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    throw credentialsError('The Authorization header holds neither an API key nor a token.');
  }
}

function narrow(standing: Standing, { roles, project }: OwnToken): Standing {
  const kept = (held: readonly string[]) =>
    roles === undefined ? held : held.filter((role) => roles.includes(role));
  const inside = project === undefined || project === standing.project;
  return {
    project: standing.project,
    roles: inside ? kept(standing.roles) : [],
    everywhere: project === undefined ? kept(standing.everywhere) : [],
  };
}

function readHeader(
  request: Pick<ApiRequest, 'headers'>,
  name: string,
  form: RegExp,
  words: string,
): string | undefined {
  const value = request.headers[name];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && form.test(value)) return value;
  const message = `must be ${words}`;
  throw problemError('request-invalid', `The header ${name} ${message}.`, {
    errors: [{ path: name, message }],
  });
}
