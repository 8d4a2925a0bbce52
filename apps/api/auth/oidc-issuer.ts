import { errors, type JWTPayload, jwtVerify } from 'jose';
import type { DataSource } from 'typeorm';
import {
  AccessRepository,
  EVERY_PROJECT,
  type UserAccess,
} from '#persistence/repositories/access-repository.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { toUserName } from '../users/user.body.js';
import type { Issuer } from './authenticate.js';
import { credentialsError } from './credentials.js';
import { type OidcKeys, unavailable } from './oidc-keys.js';
import { type RoleMap, rolesOfGroups } from './role-map.js';

/** Signatures by public keys only: a key that everybody knows must never count as a shared secret. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
const CLOCK_TOLERANCE_S = 5;
/** OpenID Connect Core 1.0, 2. */
const MAX_SUBJECT = 255;
const MAX_GROUPS = 1_000;

export interface OidcSettings {
  /** `iss`, as the tokens have it. */
  readonly issuer: string;
  readonly audience: string;
  /** Claim that holds groups, with dots where it lies within others. */
  readonly rolesClaim: string;
  readonly roles: RoleMap;
}

/** People for whom an OIDC issuer vouches. */
export class OidcIssuer implements Issuer {
  readonly name: string;

  constructor(
    private readonly settings: OidcSettings,
    private readonly keys: OidcKeys,
    private readonly dataSource: DataSource,
  ) {
    this.name = settings.issuer;
  }

  /** Whoever comes the first time is known from then on. Throws SluiceError `credentials-invalid`, `issuer-unavailable`. */
  async identify(token: string, project: string): Promise<UserAccess> {
    const claims = await this.verify(token);
    const access = new AccessRepository(this.dataSource.manager);
    const find = () => access.findUserBySubject(this.name, claims.sub!, project);
    let user = await find();
    if (user === undefined) {
      await this.welcome(claims);
      user = (await find())!;
    }
    const { standing } = user;
    const groups = readGroups(claims, this.settings.rolesClaim);
    const { inside, everywhere } = rolesOfGroups(this.settings.roles, groups, project);
    const more = user.projectExists ? [...inside, ...everywhere] : [];
    return {
      ...user,
      standing: {
        project,
        roles: [...new Set([...standing.roles, ...more])],
        everywhere: [...new Set([...standing.everywhere, ...everywhere])],
      },
    };
  }

  private async verify(token: string): Promise<JWTPayload> {
    const keys = await this.keys.find();
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ALGORITHMS,
      issuer: this.name,
      audience: this.settings.audience,
      clockTolerance: CLOCK_TOLERANCE_S,
      requiredClaims: ['sub', 'iat', 'exp'],
    }).catch((error: unknown) => {
      if (isOfKeys(error)) throw unavailable(error);
      throw credentialsError('The token is not valid, or no longer.');
    });
    const { sub } = payload;
    if (typeof sub !== 'string' || sub === '' || sub.length > MAX_SUBJECT || sub.includes('\0')) {
      throw credentialsError('The token does not say who it is for.');
    }
    return payload;
  }

  private async welcome(claims: JWTPayload): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const displayName = readText(claims['name'])?.slice(0, 200);
      const subject = { issuer: this.name, subject: claims.sub!, name: chooseName(claims), displayName };
      const name = await new AccessRepository(manager).addSubject(subject);
      if (name === undefined) return;
      await new AuditRepository(manager).add({
        project: EVERY_PROJECT,
        actor: name,
        action: 'user.create',
        objectType: 'user',
        objectId: name,
        after: { issuer: this.name, subject: claims.sub!, displayName: displayName ?? null },
        reason: 'The issuer vouches for the person.',
      });
    });
  }
}

/** Whether the keys could not be had, for which the token cannot help. */
function isOfKeys(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return true;
  return [errors.JWKSTimeout.code, errors.JWKSInvalid.code, errors.JOSEError.code].includes(error.code);
}

/** A name for the audit log and for people; who it is, issuer and subject say. */
function chooseName(claims: JWTPayload): string {
  for (const claim of ['preferred_username', 'email', 'sub']) {
    const text = readText(claims[claim])?.toLowerCase();
    const name = text
      ?.replace(/[^a-z0-9._@+-]+/g, '-')
      .replace(/^[^a-z0-9]+/, '')
      .slice(0, 90);
    const known = name === undefined ? undefined : toUserName(name);
    if (known !== undefined) return known;
  }
  return 'somebody';
}

function readGroups(claims: JWTPayload, path: string): readonly string[] {
  let value: unknown = claims;
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return [];
    value = (value as Record<string, unknown>)[part];
  }
  const groups = typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : [];
  return groups.filter((group): group is string => typeof group === 'string').slice(0, MAX_GROUPS);
}

function readText(value: unknown): string | undefined {
  return typeof value === 'string' && /^\P{Cc}+$/u.test(value) ? value : undefined;
}
