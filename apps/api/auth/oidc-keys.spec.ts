import { describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import type { SafeRequest } from '#connectors/http/safe-client.js';
import { OidcKeys } from './oidc-keys.js';

const ISSUER = 'https://id.example';

/** What the issuer answers with, by address; what is asked is noted. */
function createClient(answers: Record<string, unknown>) {
  const asked: string[] = [];
  const send = async ({ url }: SafeRequest) => {
    asked.push(url);
    const answer = answers[url];
    return {
      status: answer === undefined ? 404 : 200,
      headers: {},
      body: Buffer.from(JSON.stringify(answer ?? {})),
    };
  };
  return { asked, send };
}

const DISCOVERY = `${ISSUER}/.well-known/openid-configuration`;
const KEYS = `${ISSUER}/keys`;

async function createKey(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const token = await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey);
  return { jwk: { ...(await exportJWK(publicKey)), kid }, token };
}

describe('OidcKeys', () => {
  it('notices a new key, and forgets an old one', async () => {
    const [first, second] = [await createKey('first'), await createKey('second')];
    const answers: Record<string, unknown> = {
      [DISCOVERY]: { issuer: ISSUER, jwks_uri: KEYS },
      [KEYS]: { keys: [first.jwk] },
    };
    const client = createClient(answers);
    const keys = new OidcKeys(ISSUER, client, 0);
    const verify = async (token: string) => jwtVerify(token, await keys.find());
    await verify(first.token);
    await verify(first.token);
    expect(client.asked).toEqual([DISCOVERY, KEYS]);
    answers[KEYS] = { keys: [second.jwk] };
    await verify(second.token);
    await expect(verify(first.token)).rejects.toThrow();
  });

  it.each([
    ['another issuer', { issuer: 'https://evil.example', jwks_uri: KEYS }],
    ['no keys', { issuer: ISSUER }],
    ['keys that are not behind TLS', { issuer: ISSUER, jwks_uri: 'http://id.example/keys' }],
    ['keys in a file', { issuer: ISSUER, jwks_uri: 'file:///etc/passwd' }],
    ['no address', { issuer: ISSUER, jwks_uri: 'keys' }],
    ['nothing', undefined],
  ])('takes nothing from an issuer that describes itself with %s', async (_, description) => {
    const client = createClient({ [DISCOVERY]: description, [KEYS]: { keys: [] } });
    const keys = new OidcKeys(ISSUER, client);
    await expect(keys.find()).rejects.toMatchObject({ code: 'issuer-unavailable' });
    await expect(keys.find()).rejects.toMatchObject({ code: 'issuer-unavailable' });
    expect(client.asked).toEqual([DISCOVERY]);
  });
});
