import { hkdfSync } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { credentialsError } from './credentials.js';

export const OWN_ISSUER = 'sluice';
const TYPE = 'at+jwt';
const ALGORITHM = 'HS256';
const CLOCK_TOLERANCE_S = 5;

/** What a token of ours says: the key that it was made of, and what of the key's rights it has. */
export interface OwnToken {
  readonly key: string;
  /** All of the key's where absent. */
  readonly roles?: readonly string[] | undefined;
  /** All of the key's where absent. */
  readonly project?: string | undefined;
}

/** Makes and reads the short-lived tokens of this instance (RFC 7519, RFC 9068 for their type). */
export class OwnTokens {
  private readonly key: Uint8Array;

  /** Processes with the same secret take each other's tokens. */
  constructor(secret: string | Uint8Array) {
    this.key = new Uint8Array(hkdfSync('sha256', secret, '', 'sluice own tokens', 32));
  }

  async issue({ key, roles, project }: OwnToken, seconds: number): Promise<string> {
    return new SignJWT({ ...(roles && { roles }), ...(project !== undefined && { project }) })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
      .setIssuer(OWN_ISSUER)
      .setAudience(OWN_ISSUER)
      .setSubject(key)
      .setIssuedAt()
      .setExpirationTime(`${seconds} seconds`)
      .sign(this.key);
  }

  /** Throws SluiceError `credentials-invalid`. */
  async read(token: string): Promise<OwnToken> {
    const { payload } = await jwtVerify<{ roles?: readonly string[]; project?: string }>(token, this.key, {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: OWN_ISSUER,
      audience: OWN_ISSUER,
      clockTolerance: CLOCK_TOLERANCE_S,
      requiredClaims: ['sub', 'iat', 'exp'],
    }).catch(() => {
      throw credentialsError('The token is not valid, or no longer.');
    });
    return { key: payload.sub!, roles: payload.roles, project: payload.project };
  }
}
