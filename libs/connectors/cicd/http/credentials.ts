import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import {
  type AccessToken,
  encodeBasic,
  fetchAccessToken,
  type TokenRefusal,
} from '../../http/client-credentials.js';
import type { Connection } from '../connection.js';

/** Key of Connection.memory. */
const TOKEN = 'access-token';

/**
 * What `Bearer` or the platform's own header takes: the token as it stands, or one that client credentials get, kept while
 * it lives. Throws SluiceError `platform-token-refused`, `platform-auth-unfit`, and what resolving a secret throws.
 */
export async function findToken(connection: Connection): Promise<string> {
  const { auth, memory } = connection;
  if (auth.type !== 'token' && auth.type !== 'bearer' && auth.type !== 'oauth2')
    throw createAuthUnfit(auth.type);
  const secret = await resolveMasked(connection, auth.secret);
  if (auth.type !== 'oauth2') return secret;
  const known = memory.get(TOKEN) as AccessToken | undefined;
  const kept =
    known !== undefined && known.until > Date.now()
      ? known
      : await fetchAccessToken({
          credentials: auth,
          secret,
          refuse: createTokenRefused,
          send: (request) => connection.send(request),
          mask: (derived) => connection.mask(derived),
        });
  memory.set(TOKEN, kept);
  connection.mask(kept.token);
  return kept.token;
}

/** What was kept was refused. True: there was something, and another one can be got. */
export function forgetToken({ memory }: Connection): boolean {
  return memory.delete(TOKEN);
}

/** What follows `Basic ` (RFC 7617), for a name that the platform may ask for beside a secret. */
export async function findBasic(
  connection: Connection,
  username: string,
  reference: string,
): Promise<string> {
  const encoded = encodeBasic(username, await resolveMasked(connection, reference));
  connection.mask(encoded);
  return encoded;
}

export async function resolveMasked(connection: Connection, reference: string): Promise<string> {
  const secret = await connection.resolve(reference);
  connection.mask(secret);
  return secret;
}

export function createAuthUnfit(type: string): Error {
  return createActionFailure({
    code: 'platform-auth-unfit',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `The platform does not take credentials of the type ${type}.`,
    hint: 'docs/connectors.md names those that it takes.',
  });
}

function createTokenRefused({ words, retryable, class: failureClass }: TokenRefusal): Error {
  return createActionFailure({
    code: 'platform-token-refused',
    fault: retryable ? 'operational' : 'user',
    class: failureClass,
    retryable,
    message: `The token endpoint of the integration gave no token: ${words}.`,
    hint: "Check token URL, client id, secret and scopes of the integration's `auth`.",
  });
}
