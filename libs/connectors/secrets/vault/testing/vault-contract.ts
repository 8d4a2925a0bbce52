import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { SecretResolver } from '#contracts/ports.js';
import { createSecretResolver } from '../../resolve-secret.js';
import { createVaultSecrets } from '../vault-secrets.js';
import type { VaultLogin } from '../vault-settings.js';
import type { VaultRig } from './vault-rig.js';

/** What has to hold of secrets in any Vault, a real one or a fake. */
export function describeVault(name: string, start: () => Promise<VaultRig>): void {
  const bench = new Bench();

  describe(name, () => {
    beforeAll(async () => {
      bench.vault = await start();
      await fill(bench.vault);
    });
    afterEach(() => bench.tidyUp());
    afterAll(() => bench.vault?.close());

    describe('reading', () => describeReading(bench));
    describe('logins', () => describeLogins(bench));
  });
}

class Bench {
  vault!: VaultRig;
  readonly open: (() => Promise<void>)[] = [];

  resolverFor(login: VaultLogin): SecretResolver {
    const { address } = this.vault;
    const secrets = createVaultSecrets({ address, namespace: undefined, authorities: undefined, login });
    this.open.push(() => secrets.close());
    return createSecretResolver({ environment: {}, vault: secrets });
  }

  asRoot(): SecretResolver {
    return this.resolverFor({ kind: 'token', token: { text: this.vault.rootToken } });
  }

  async tidyUp(): Promise<void> {
    for (const close of this.open.splice(0)) await close();
  }
}

async function fill(vault: VaultRig): Promise<void> {
  await vault.write('ci', 'token', { value: 'tok-1', user: 'ann', 'a.b': 'dotted', empty: '', gone: null });
  await vault.write('ci', 'deep/er/one', { number: 42, yes: true, map: { username: 'u', password: 'p' } });
  await vault.write('teams/payments', 'deploy/key', { value: 'pay-1' });
  await vault.write('ci', 'deleted', { value: 'x' });
  await vault.remove('ci', 'deleted');
  await vault.write('ci', 'large', { value: 'x'.repeat(64 * 1024), larger: 'x'.repeat(64 * 1024 + 1) });
  await vault.write('ci', 'changing', { value: 'first' });
}

function describeReading(bench: Bench): void {
  it.each([
    ['vault:ci/token', 'tok-1'],
    ['vault:ci//token', 'tok-1'],
    ['vault:ci/token#user', 'ann'],
    ['vault:ci/token#a.b', 'dotted'],
    ['vault:ci/deep/er/one#number', '42'],
    ['vault:ci/deep/er/one#yes', 'true'],
    ['vault:ci/deep/er/one#map', '{"password":"p","username":"u"}'],
    ['vault:teams/payments//deploy/key', 'pay-1'],
    ['vault:ci/large', 'x'.repeat(64 * 1024)],
  ])('reads %s', async (reference, value) => {
    const read = await bench.asRoot().resolve(reference);
    expect(read.startsWith('{') ? JSON.parse(read) : read).toEqual(
      value.startsWith('{') ? JSON.parse(value) : value,
    );
  });

  it('reads the newest version each time', async () => {
    const resolver = bench.asRoot();
    for (const value of ['first', 'second']) {
      await bench.vault.write('ci', 'changing', { value });
      expect(await resolver.resolve('vault:ci/changing')).toBe(value);
    }
  });

  it.each([
    ['vault:ci/nothing', 'secret-not-found', 'version 2'],
    ['vault:ci/token#nothing', 'secret-not-found', '5 fields'],
    ['vault:ci/token#empty', 'secret-not-found', 'field'],
    ['vault:ci/token#gone', 'secret-not-found', 'field'],
    ['vault:ci/token#__proto__', 'secret-not-found', 'field'],
    ['vault:ci/deleted', 'secret-not-found', 'deleted'],
    ['vault:nowhere/token', 'secret-not-found', 'Nothing is mounted'],
    ['vault:ci/large#larger', 'secret-too-large', 'elsewhere'],
    ['vault:ci', 'secret-reference-invalid', 'vault:mount/path#field'],
    ['vault:ci/../sys/mounts', 'secret-reference-invalid', 'vault:'],
    ['vault:ci/a?version=1', 'secret-reference-invalid', 'vault:'],
  ])('says of %s: %s', async (reference, code, hint) => {
    await expect(bench.asRoot().resolve(reference)).rejects.toMatchObject({
      code,
      fault: 'user',
      hint: expect.stringContaining(hint),
      details: { class: 'configuration', retryable: false },
    });
  });

  it('says that Vault is sealed, and goes on when it no longer is', async () => {
    const resolver = bench.asRoot();
    await bench.vault.seal();
    await expect(resolver.resolve('vault:ci/token')).rejects.toMatchObject({
      code: 'vault-sealed',
      details: { class: 'infrastructure', retryable: true },
    });
    await bench.vault.unseal();
    expect(await resolver.resolve('vault:ci/token')).toBe('tok-1');
  });
}

function describeLogins(bench: Bench): void {
  it('says what the policy of a token does not allow', async () => {
    const token = await bench.vault.createToken(['token'], 600);
    const resolver = bench.resolverFor({ kind: 'token', token: { text: token } });
    expect(await resolver.resolve('vault:ci/token')).toBe('tok-1');
    await expect(resolver.resolve('vault:ci/changing')).rejects.toMatchObject({
      code: 'vault-denied',
      message: expect.stringContaining('vault:ci/changing#value'),
      details: { class: 'auth', retryable: false },
    });
  });

  it('says that a token is good for nothing any more', async () => {
    const token = await bench.vault.createToken(['token'], 600);
    const resolver = bench.resolverFor({ kind: 'token', token: { text: token } });
    await resolver.resolve('vault:ci/token');
    await bench.vault.revoke(token);
    await expect(resolver.resolve('vault:ci/token')).rejects.toMatchObject({
      code: 'vault-login-refused',
      message: expect.not.stringContaining(token),
      details: { class: 'auth', retryable: false },
    });
  });

  it('takes the token that its file has now', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vault-token-'));
    bench.open.push(async () => rmSync(folder, { recursive: true }));
    const file = join(folder, 'token');
    const resolver = bench.resolverFor({ kind: 'token', token: { file } });
    await expect(resolver.resolve('vault:ci/token')).rejects.toMatchObject({ code: 'vault-login-refused' });
    for (const paths of [['token'], ['token', 'changing']]) {
      writeFileSync(file, `${await bench.vault.createToken(paths, 600)}\n`);
      expect(await resolver.resolve(`vault:ci/${paths.at(-1)}`)).not.toBe('');
    }
    writeFileSync(file, 'two words\n');
    await expect(resolver.resolve('vault:ci/token')).rejects.toMatchObject({ code: 'vault-login-refused' });
  });

  it('logs in by an AppRole, and again when its token is gone', async () => {
    const role = await bench.vault.createRole({ paths: ['token'], ttlSeconds: 600 });
    const resolver = bench.resolverFor(role);
    expect(await resolver.resolve('vault:ci/token')).toBe('tok-1');
    await bench.vault.revokeTokensOf(role);
    expect(await resolver.resolve('vault:ci/token')).toBe('tok-1');
    await expect(resolver.resolve('vault:ci/changing')).rejects.toMatchObject({ code: 'vault-denied' });
  });

  it('says that a login is refused', async () => {
    const role = await bench.vault.createRole({ paths: ['token'], ttlSeconds: 600, once: true });
    const resolver = bench.resolverFor(role);
    await resolver.resolve('vault:ci/token');
    await bench.vault.revokeTokensOf(role);
    await expect(resolver.resolve('vault:ci/token')).rejects.toMatchObject({ code: 'vault-login-refused' });
    const wrong = { ...role, secretId: { text: 'wrong-secret-id' } };
    await expect(bench.resolverFor(wrong).resolve('vault:ci/token')).rejects.toMatchObject({
      code: 'vault-login-refused',
      message: expect.not.stringContaining('wrong-secret-id'),
      details: { class: 'auth', retryable: false },
    });
  });

  it('outlives the first lease of a token that cannot be had twice', async () => {
    const ttlSeconds = 6;
    const role = await bench.vault.createRole({ paths: ['token'], ttlSeconds, once: true });
    const token = await bench.vault.createToken(['token'], ttlSeconds);
    const resolvers = [bench.resolverFor(role), bench.resolverFor({ kind: 'token', token: { text: token } })];
    for (const resolver of resolvers) await resolver.resolve('vault:ci/token');
    await sleep(ttlSeconds * 1000 + 500);
    for (const resolver of resolvers) expect(await resolver.resolve('vault:ci/token')).toBe('tok-1');
  });
}
