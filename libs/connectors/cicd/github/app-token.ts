import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { PlatformAuth } from '#contracts/cicd/integration.js';
import { readRetryAfter } from '#contracts/http-status.js';
import type { Connection } from '../connection.js';
import { Answer, createMisfit } from '../http/answer.js';
import { resolveMasked } from '../http/credentials.js';
import { createRefusal } from '../http/refusal.js';
import { excerpt, readWords } from '../http/words.js';

type AppAuth = Extract<PlatformAuth, { readonly type: 'github-app' }>;

/** A token of an installation of an app. */
interface Installation {
  readonly token: string;
  readonly until: number;
  /** What it may do: `actions` → `write`. */
  readonly permissions: Readonly<Record<string, string>>;
}

/** Key of Connection.memory. */
const INSTALLATION = 'github-installation';
/** A token that is about to expire is as good as none. */
const SPARE_MS = 60_000;
/** At most ten minutes; room for clocks that go before or after. */
const JWT_BEFORE_S = 60;
const JWT_LIFE_S = 540;
const TIMEOUT_MS = 30_000;
const MOST_BYTES = 1024 * 1024;

/**
 * The installation's token, kept until shortly before its end. Throws SluiceError `platform-app-key-invalid`,
 * `platform-auth-refused`, `platform-not-found` and others as a request does.
 */
export async function findInstallation(connection: Connection, auth: AppAuth): Promise<Installation> {
  const known = connection.memory.get(INSTALLATION) as Installation | undefined;
  const installation =
    known !== undefined && known.until > Date.now() ? known : await fetchInstallation(connection, auth);
  connection.memory.set(INSTALLATION, installation);
  connection.mask(installation.token);
  return installation;
}

/** True: there was a token, and another one can be got. */
export function forgetInstallation({ memory }: Connection): boolean {
  return memory.delete(INSTALLATION);
}

/** https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app */
async function fetchInstallation(connection: Connection, auth: AppAuth): Promise<Installation> {
  const jwt = await createAppToken(auth.appId, readKey(await resolveMasked(connection, auth.secret)));
  connection.mask(jwt);
  const response = await connection.send({
    url: `${connection.baseUrl}/app/installations/${encodeURIComponent(auth.installationId)}/access_tokens`,
    method: 'POST',
    headers: { accept: 'application/vnd.github+json', authorization: `Bearer ${jwt}` },
    timeoutMs: TIMEOUT_MS,
    maxBytes: MOST_BYTES,
    maxRedirects: 0,
  });
  if (response.status !== 201) {
    throw createRefusal({
      title: 'GitHub',
      subject: `installation ${auth.installationId.slice(0, 50)} of the app`,
      status: response.status,
      words: excerpt(readWords(response), (text) => connection.hide(text)),
      retryAfterMs: readRetryAfter(response.headers['retry-after']),
    });
  }
  const answer = new Answer(parseJson(response.body), 'the token of the installation');
  const until = answer.findMoment('expires_at') ?? Date.now() + JWT_LIFE_S * 1000;
  const permissions = (answer.find('permissions') ?? {}) as Installation['permissions'];
  return { token: answer.text('token'), until: until - SPARE_MS, permissions };
}

function createAppToken(appId: string, key: KeyObject): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(appId)
    .setIssuedAt(now - JWT_BEFORE_S)
    .setExpirationTime(now + JWT_LIFE_S)
    .sign(key);
}

/** PKCS #1, as GitHub hands them out, or PKCS #8. */
function readKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // What Node says of it may hold a part of it.
  }
  throw createActionFailure({
    code: 'platform-app-key-invalid',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: 'The secret of the integration is no private key of an app of GitHub.',
    hint: 'Keep the whole PEM file that GitHub gave, with its first and last line and the line ends between.',
  });
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw createMisfit('the token of the installation', 'JSON');
  }
}
