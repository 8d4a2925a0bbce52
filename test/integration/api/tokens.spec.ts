import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportSPKI, importJWK, SignJWT } from 'jose';
import { OwnTokens } from '../../../apps/api/auth/own-tokens.js';
import { createTestKey, createTestMember } from '../../access.js';
import { type ApiFixture, createApiFixture } from './api-fixture.js';
import { OidcServer } from './oidc-server.js';

const SECRET = 'a secret of the tests, which is long enough';
const ME = '/api/v1/users/me';

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1000);

describe('tokens', () => {
  let api: ApiFixture;
  let issuer: OidcServer;
  const me = (token: string, headers: Record<string, string> = {}) =>
    api.get(ME, { authorization: `Bearer ${token}`, ...headers });
  const expectRefused = async (token: string) => {
    const answer = await me(token);
    expect(answer).toMatchObject({ status: 401, body: { code: 'credentials-invalid' } });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="sluice", error="invalid_token"');
  };

  beforeAll(async () => {
    issuer = await OidcServer.start();
    api = await createApiFixture({
      SLUICE_AUTH_SECRET: SECRET.replaceAll(' ', '-'),
      SLUICE_OIDC_ISSUER: issuer.issuer,
      SLUICE_OIDC_AUDIENCE: 'sluice',
      SLUICE_OIDC_ROLES_CLAIM: 'realm.groups',
      SLUICE_OIDC_ROLES: 'ops=*:admin;web=default:developer,release-lead;web=other:viewer',
    });
  });
  afterAll(async () => {
    await api?.close();
    await issuer?.close();
  });

  describe('of our own', () => {
    const own = new OwnTokens(SECRET.replaceAll(' ', '-'));
    const makeKey = (rights = {}) => createTestKey(api.database.dataSource, { name: 'robot', ...rights });
    const exchange = async (key: string, body: object = {}) =>
      (await api.post('/auth/token', body, { authorization: `Bearer ${key}` })).body;

    it('let in as their key does, for a while', async () => {
      const key = await makeKey({ roles: ['operator', 'viewer'], projects: ['default'] });
      const made = await exchange(key);
      expect(made).toEqual({ token: expect.any(String), tokenType: 'Bearer', expiresIn: 900 });
      expect((await me(made.token)).body).toMatchObject({
        actor: 'key:robot',
        means: 'token',
        roles: ['operator', 'viewer'],
        everywhere: [],
      });
    });

    it('have less than their key where that is asked for, and never more', async () => {
      const key = await makeKey({ roles: ['operator', 'viewer'] });
      const { token } = await exchange(key, { roles: ['viewer', 'admin'], project: 'default' });
      expect((await me(token)).body).toMatchObject({ roles: ['viewer'], everywhere: [] });
      const elsewhere = await exchange(key, { project: 'other' });
      expect((await me(elsewhere.token, { 'x-sluice-project': 'default' })).body).toMatchObject({
        roles: [],
      });
    });

    it('end with their key, and are made of keys only', async () => {
      const key = await makeKey();
      const { token } = await exchange(key);
      expect(await exchange(token)).toMatchObject({ code: 'permission-missing' });
      const id = key.split('_')[1];
      expect((await api.remove(`/api/v1/api-keys/${id}`)).status).toBe(204);
      await expectRefused(token);
      await expectRefused(key);
    });

    it('are refused of another secret, of another time, and of no algorithm', async () => {
      const id = (await makeKey()).split('_')[1]!;
      const claims = { iss: 'sluice', aud: 'sluice', sub: id, iat: now(), exp: now() + 300 };
      const [, payload] = (await own.issue({ key: id }, 300)).split('.');
      await expect(me(await own.issue({ key: id }, 300))).resolves.toMatchObject({ status: 200 });
      const hostile = [
        await new OwnTokens('x'.repeat(32)).issue({ key: id }, 300),
        await own.issue({ key: id }, -60),
        await own.issue({ key: '0'.repeat(16) }, 300),
        await own.issue({ key: "x' OR 1=1" }, 300),
        ...['none', 'None', 'NONE', ''].flatMap((alg) => [
          `${base64({ alg, typ: 'at+jwt' })}.${payload}.`,
          `${base64({ alg, typ: 'at+jwt' })}.${base64(claims)}.AAAA`,
        ]),
        // Signed with nothing, and with the text of the secret itself.
        ...['', SECRET.replaceAll(' ', '-')].map((secret) => {
          const signed = `${base64({ alg: 'HS256', typ: 'at+jwt' })}.${base64(claims)}`;
          return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
        }),
      ];
      for (const token of hostile) await expectRefused(token);
    });
  });

  describe('of the OIDC issuer', () => {
    it('make a person known, by issuer and subject, with the roles of its groups', async () => {
      const token = await issuer.sign({
        sub: 'ann-1',
        preferred_username: 'Ann@Example.org',
        name: 'Ann',
        realm: { groups: ['web', 'nobody'] },
      });
      for (let n = 0; n < 2; n++) {
        expect((await me(token)).body).toMatchObject({
          actor: 'ann@example.org',
          user: 'ann@example.org',
          means: 'issuer',
          roles: ['developer', 'release-lead'],
          everywhere: [],
        });
      }
      expect((await api.get('/api/v1/users/ann@example.org')).body).toMatchObject({
        displayName: 'Ann',
        issuer: issuer.issuer,
        subject: 'ann-1',
      });
      const audit = await api.database.dataSource.query(
        `SELECT actor, project FROM audit_log WHERE action = 'user.create' AND object_id = 'ann@example.org'`,
      );
      expect(audit).toEqual([{ actor: 'ann@example.org', project: '*' }]);
    });

    it('never make anybody another person who has that name', async () => {
      await createTestMember(api.database.dataSource, 'root', ['admin']);
      const { body } = await me(await issuer.sign({ sub: 'evil', preferred_username: 'root' }));
      expect(body).toMatchObject({ actor: 'root-2', roles: [] });
      const local = await me(await issuer.sign({ sub: 'evil-2', preferred_username: 'local' }));
      expect(local.body.actor).toBe('evil-2');
      const key = await me(await issuer.sign({ sub: 'evil-3', preferred_username: 'key:robot' }));
      expect(key.body.actor).toBe('key-robot');
    });

    it('add to the roles that were given here, in all projects too', async () => {
      const token = await issuer.sign({ sub: 'ops-1', email: 'ops@example.org', realm: { groups: ['ops'] } });
      expect((await me(token)).body).toMatchObject({ roles: ['admin'], everywhere: ['admin'] });
      const without = await issuer.sign({ sub: 'ops-1' });
      expect((await me(without)).body).toMatchObject({ roles: [], everywhere: [] });
      await api.put('/api/v1/members/ops@example.org', { roles: ['viewer'] });
      expect((await me(without)).body).toMatchObject({ roles: ['viewer'] });
      await api.database.dataSource.query(`UPDATE users SET disabled_at = now() WHERE subject = 'ops-1'`);
      await expectRefused(token);
    });

    it('are refused where anything is wrong with them', async () => {
      const other = await OidcServer.start();
      const [key] = issuer.keys;
      const spki = await exportSPKI((await importJWK(key!.publicJwk, 'RS256')) as never);
      const claims = { iss: issuer.issuer, aud: 'sluice', sub: 'ann-1', iat: now(), exp: now() + 300 };
      const confused = (secret: string) => {
        const signed = `${base64({ alg: 'HS256', typ: 'JWT', kid: 'first' })}.${base64(claims)}`;
        return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
      };
      const good = await issuer.sign({});
      const [header, payload, signature] = good.split('.');
      const hostile: Record<string, string> = {
        'alg none': `${base64({ alg: 'none' })}.${payload}.`,
        'alg nOnE': `${base64({ alg: 'nOnE' })}.${payload}.${signature}`,
        'the public key as secret': confused(spki),
        'the public key without its end of line': confused(spki.trim()),
        'the modulus as secret': confused(key!.publicJwk.n!),
        'another issuer': await other.sign({}),
        "another issuer's subject, in our issuer's name": await other.sign({ iss: issuer.issuer }),
        "another issuer's key under the name of ours": await other.sign(
          { iss: issuer.issuer },
          { kid: 'first' },
        ),
        'an issuer with a slash more': await issuer.sign({ iss: `${issuer.issuer}/` }),
        'our own name as issuer': await issuer.sign({ iss: 'sluice', aud: 'sluice' }),
        expired: await issuer.sign({ exp: now() - 60 }),
        'never expiring': await issuer.sign({ exp: undefined } as never),
        'not yet valid': await issuer.sign({ nbf: now() + 60 }),
        'another audience': await issuer.sign({ aud: 'other' }),
        'no audience': await issuer.sign({ aud: undefined } as never),
        'no subject': await issuer.sign({ sub: undefined } as never),
        'an empty subject': await issuer.sign({ sub: '' }),
        'a subject that is too long': await issuer.sign({ sub: 'x'.repeat(256) }),
        'a subject with a NUL': await issuer.sign({ sub: 'a\0b' }),
        'a kid that is not there': await issuer.sign({}, { kid: 'nobody' }),
        'a kid that is a path': await issuer.sign({}, { kid: '../../etc/passwd' }),
        'a kid that is SQL': await issuer.sign({}, { kid: "x' UNION SELECT 'key" }),
        'a changed payload': `${header}.${base64({ ...claims, sub: 'root' })}.${signature}`,
        'no signature': `${header}.${payload}.`,
        'two dots less': `${header}`,
        'one part more': `${good}.x`,
        'an unknown critical header': `${base64({ alg: 'RS256', kid: 'first', crit: ['x'], x: 1 })}.${payload}.${signature}`,
      };
      for (const [what, token] of Object.entries(hostile)) {
        expect([what, (await me(token)).status]).toEqual([what, 401]);
      }
      await other.close();
      expect((await me(good)).status).toBe(200);
    });

    it('are checked by the keys of the issuer alone, wherever their headers point', async () => {
      let hits = 0;
      const evil = createServer((_, response) => {
        hits += 1;
        response.end('{}');
      });
      await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(evil.address() as AddressInfo).port}/`;
      const other = await OidcServer.start();
      const [{ publicJwk, privateKey }] = other.keys as [OidcServer['keys'][number]];
      for (const header of [{ jku: url }, { x5u: url }, { jwk: publicJwk }, { x5c: ['AAAA'] }]) {
        const token = await new SignJWT({ iss: issuer.issuer, aud: 'sluice', sub: 'ann-1' })
          .setProtectedHeader({ alg: 'RS256', kid: 'first', ...header })
          .setIssuedAt()
          .setExpirationTime('5 minutes')
          .sign(privateKey);
        await expectRefused(token);
      }
      expect(hits).toBe(0);
      await other.close();
      await new Promise((resolve) => evil.close(resolve));
    });
  });

  it.each([
    ['nothing', 'Bearer '],
    ['another scheme', 'Basic YWRtaW46YWRtaW4='],
    ['no scheme', 'sluice_x'],
    ['a space within', 'Bearer a b'],
    ['a huge one', `Bearer ${'a'.repeat(12_000)}`],
    ['a huge header', `Bearer ${base64({ alg: 'none', x: 'x'.repeat(5_000) })}.e30.`],
    ['no JSON', 'Bearer YQ.YQ.YQ'],
    ['a list', 'Bearer W10.W10.W10'],
  ])('refuses an Authorization header with %s', async (_, authorization) => {
    expect(await api.get(ME, { authorization })).toMatchObject({
      status: 401,
      body: { code: 'credentials-invalid' },
    });
  });
});

describe('the keys of an OIDC issuer', () => {
  it('are fetched once, again for a key that is new, and are missed without harm to others', async () => {
    const issuer = await OidcServer.start();
    const settings = { SLUICE_OIDC_ISSUER: issuer.issuer, SLUICE_OIDC_AUDIENCE: 'sluice' };
    // Each process fetches them for itself.
    const api = await createApiFixture(settings, {}, 1);
    const me = async (token: string) => (await api.get(ME, { authorization: `Bearer ${token}` })).status;
    issuer.broken = '{"issuer":"https://evil.example"}';
    expect(await me(await issuer.sign({}))).toBe(503);
    issuer.broken = undefined;
    // Not asked again at once, and API keys go on.
    expect(await me(await issuer.sign({}))).toBe(503);
    expect(issuer.asked).toHaveLength(1);
    expect((await api.get(ME)).status).toBe(200);
    await api.close();

    issuer.asked.length = 0;
    const again = await createApiFixture(settings, {}, 1);
    const ask = async (token: string) => (await again.get(ME, { authorization: `Bearer ${token}` })).status;
    const token = await issuer.sign({});
    expect([await ask(token), await ask(token), await ask(token)]).toEqual([200, 200, 200]);
    expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
    await again.close();
    await issuer.close();
  });
});
