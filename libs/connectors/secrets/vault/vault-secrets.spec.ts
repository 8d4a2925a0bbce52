import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createCertificate } from '../../http/testing/certificate.js';
import { FakeVault } from './testing/fake-vault.js';
import { describeVault } from './testing/vault-contract.js';
import { createVaultSecrets, type VaultSecrets } from './vault-secrets.js';
import type { VaultLogin, VaultSettings } from './vault-settings.js';

describeVault('secrets in a Vault that answers as documented', () => FakeVault.start());

describe('secrets in Vault', () => {
  const open: (() => Promise<unknown>)[] = [];
  const TOKEN = { mount: 'ci', path: 'token', field: 'value' };

  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  async function start(tls?: { key: string; cert: string }): Promise<FakeVault> {
    const vault = await FakeVault.start(tls);
    open.push(() => vault.close());
    await vault.write('ci', 'token', { value: 'tok-1' });
    return vault;
  }

  function secretsOf(vault: FakeVault, more: Partial<VaultSettings> = {}): VaultSecrets {
    const login: VaultLogin = { kind: 'token', token: { text: vault.rootToken } };
    const { address } = vault;
    const secrets = createVaultSecrets({
      address,
      namespace: undefined,
      authorities: undefined,
      login,
      ...more,
    });
    open.push(() => secrets.close());
    return secrets;
  }

  it('names the namespace, and that it is no browser', async () => {
    const vault = await start();
    await secretsOf(vault, { namespace: 'teams/payments' }).read(TOKEN);
    expect(vault.requests[0]?.headers).toMatchObject({
      'x-vault-namespace': 'teams/payments',
      'x-vault-request': 'true',
      'x-vault-token': vault.rootToken,
    });
  });

  it('works below a path of its address', async () => {
    const vault = await start();
    await expect(secretsOf(vault, { address: `${vault.address}/vault` }).read(TOKEN)).rejects.toMatchObject({
      code: 'secret-not-found',
    });
    expect(vault.requests.map(({ what }) => what)).toContain('GET /vault/v1/ci/data/token');
  });

  it('logs in once for all who wait', async () => {
    const vault = await start();
    const secrets = secretsOf(vault, {
      login: await vault.createRole({ paths: ['token'], ttlSeconds: 600 }),
    });
    await Promise.all(Array.from({ length: 30 }, () => secrets.read(TOKEN)));
    expect(vault.count('POST auth/approle/login')).toBe(1);
  });

  it('does not log in again for what a policy denies', async () => {
    const vault = await start();
    const secrets = secretsOf(vault, { login: await vault.createRole({ paths: [], ttlSeconds: 600 }) });
    for (let asked = 0; asked < 3; asked += 1) {
      await expect(secrets.read(TOKEN)).rejects.toMatchObject({ code: 'vault-denied' });
    }
    expect(vault.count('POST auth/approle/login')).toBe(1);
  });

  const answer =
    (status: number, text = '{"errors":[]}', headers: Record<string, string> = {}) =>
    (response: ServerResponse) =>
      void response.writeHead(status, headers).end(text);

  it.each([
    ['500', answer(500), 'vault-unavailable', 'transient', true, 3],
    ['a gateway without Vault', answer(502, '<html>'), 'vault-unavailable', 'transient', true, 3],
    ['a replica that lags behind', answer(412), 'vault-unavailable', 'transient', true, 3],
    ['too many requests', answer(429), 'vault-unavailable', 'transient', true, 3],
    ['a standby', answer(473), 'vault-unavailable', 'transient', true, 3],
    [
      'a redirect',
      answer(307, '', { location: 'http://127.0.0.1:1/' }),
      'vault-unavailable',
      'transient',
      true,
      3,
    ],
    [
      'a connection that breaks',
      (response: ServerResponse) => void response.destroy(),
      'vault-unavailable',
      'transient',
      true,
      3,
    ],
    ['no initialisation', answer(501), 'vault-sealed', 'infrastructure', true, 1],
    ['a page', answer(200, '<html>'), 'vault-answer-invalid', 'dependency', false, 1],
    ['a list', answer(200, '[]'), 'vault-answer-invalid', 'dependency', false, 1],
    ['nothing', answer(200, ''), 'vault-answer-invalid', 'dependency', false, 1],
    ['data of another kind', answer(200, '{"data":[1]}'), 'vault-answer-invalid', 'dependency', false, 1],
    ['version 1', answer(200, '{"data":{"value":"x"}}'), 'secret-not-found', 'configuration', false, 1],
    ['two megabytes', answer(200, ' '.repeat(2_000_000)), 'vault-answer-invalid', 'dependency', false, 1],
    ['400', answer(400), 'vault-unexpected', 'dependency', false, 1],
    ['418', answer(418), 'vault-unexpected', 'dependency', false, 1],
  ])('meets %s', async (_, respond, code, failureClass, retryable, tries) => {
    const vault = await start();
    const read = 'GET ci/data/token';
    vault.intercept = ({ url }, response) => {
      if (url !== '/v1/ci/data/token') return false;
      respond(response);
      return true;
    };
    await expect(secretsOf(vault).read(TOKEN)).rejects.toMatchObject({
      code,
      details: { class: failureClass, retryable },
    });
    expect(vault.count(read)).toBe(tries);
  });

  it('gets over a moment of trouble', async () => {
    const vault = await start();
    let troubles = 2;
    vault.intercept = (_, response) => {
      troubles -= 1;
      if (troubles >= 0) response.writeHead(503).end();
      return troubles >= 0;
    };
    expect(await secretsOf(vault).read(TOKEN)).toBe('tok-1');
  });

  it('says when Vault itself asks for a pause', async () => {
    const vault = await start();
    vault.intercept = (_, response) => {
      response.writeHead(429, { 'retry-after': '7' }).end();
      return true;
    };
    await expect(secretsOf(vault).read(TOKEN)).rejects.toMatchObject({ details: { retryAfterMs: 7000 } });
  });

  it('says that nobody listens', async () => {
    const vault = await start();
    const secrets = secretsOf(vault, { address: 'http://127.0.0.1:1' });
    await expect(secrets.read(TOKEN)).rejects.toMatchObject({ code: 'vault-unavailable' });
  });

  it('stops when its caller does, and not the login that others wait for', async () => {
    const vault = await start();
    const secrets = secretsOf(vault, {
      login: await vault.createRole({ paths: ['token'], ttlSeconds: 600 }),
    });
    const caller = new AbortController();
    let goOn: () => void = () => undefined;
    vault.intercept = (_, response) => {
      vault.intercept = () => false;
      goOn = () => void response.writeHead(503).end();
      caller.abort();
      return true;
    };
    const waiting = secrets.read(TOKEN);
    await expect(secrets.read(TOKEN, caller.signal)).rejects.toMatchObject({ code: 'canceled' });
    goOn();
    expect(await waiting).toBe('tok-1');
  });

  it('repeats no words of Vault that hold what was sent', async () => {
    const vault = await start();
    const role = await vault.createRole({ paths: [], ttlSeconds: 600 });
    vault.intercept = (_, response) => {
      const words = `no ${JSON.stringify(role.secretId)} of ${JSON.stringify(role.roleId)}`;
      response.writeHead(400).end(JSON.stringify({ errors: [words] }));
      return true;
    };
    const failure = await secretsOf(vault, { login: role })
      .read(TOKEN)
      .catch((error: unknown) => error);
    expect(String(failure)).toContain('***');
    for (const sent of [role.secretId, role.roleId]) {
      expect(JSON.stringify([failure, String(failure)])).not.toContain('text' in sent ? sent.text : '?');
    }
  });

  it('trusts the authority that it is told, and no other', async () => {
    const made = ['first', 'second'].map((name) => createCertificate(name));
    const vault = await start(made[0]);
    expect(await secretsOf(vault, { authorities: made[0]!.cert }).read(TOKEN)).toBe('tok-1');
    for (const authorities of [made[1]!.cert, undefined]) {
      await expect(secretsOf(vault, { authorities }).read(TOKEN)).rejects.toMatchObject({
        code: 'vault-tls-failed',
        hint: expect.stringContaining('SLUICE_VAULT_CA_FILE'),
        details: { class: 'configuration', retryable: false },
      });
    }
  });
});
