import { jwtVerify, SignJWT } from 'jose';

const AUDIENCE = 'sluice:agent-callback';
const ALGORITHM = 'HS256';

/** A token (RFC 7519) that lets its holder answer one invocation, signed with the invocation's own key. */
export function createCallbackToken(invocation: string, key: Uint8Array): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: ALGORITHM })
    .setSubject(invocation)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .sign(key);
}

export async function isCallbackToken(token: string, invocation: string, key: Uint8Array): Promise<boolean> {
  try {
    await jwtVerify(token, key, { algorithms: [ALGORITHM], audience: AUDIENCE, subject: invocation });
    return true;
  } catch {
    return false;
  }
}
