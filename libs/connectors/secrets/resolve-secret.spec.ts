import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSecretResolver } from './resolve-secret.js';

describe('resolve secret', () => {
  let root = '';
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'secrets-'));
    mkdirSync(join(root, 'in/sub'), { recursive: true });
    mkdirSync(join(root, 'in-too'));
    writeFileSync(join(root, 'in/token'), 'file-secret\n');
    writeFileSync(join(root, 'in/own'), 'not yours');
    symlinkSync(join(root, 'in/own'), join(root, 'in/own-link'));
    writeFileSync(join(root, 'in/empty'), '\n');
    writeFileSync(join(root, 'in/huge'), 'x'.repeat(70_000));
    writeFileSync(join(root, 'outside'), 'not yours');
    writeFileSync(join(root, 'in-too/token'), 'not yours');
    symlinkSync(join(root, 'outside'), join(root, 'in/link'));
    symlinkSync(join(root, 'in/token'), join(root, 'in/inner-link'));
    execFileSync('mkfifo', [join(root, 'in/fifo')]);
  });
  afterAll(() => rmSync(root, { recursive: true }));

  const resolver = () =>
    createSecretResolver({
      environment: { SLUICE_SECRET_A: 'alpha', SLUICE_SECRET_EMPTY: '', OTHER: 'o', PATH: 'p' },
      names: ['OTHER'],
      folders: [join(root, 'in')],
      ownFiles: [join(root, 'in/own'), join(root, 'in/no-such-file')],
    });

  it.each([
    ['env:SLUICE_SECRET_A', 'alpha'],
    ['env:OTHER', 'o'],
  ])('resolves %s', async (reference, value) => {
    expect(await resolver().resolve(reference)).toBe(value);
  });

  it.each(['token', 'sub/../token', 'inner-link'])('reads %s in a folder for secrets', async (path) => {
    expect(await resolver().resolve(`file:${root}/in/${path}`)).toBe('file-secret');
  });

  it.each([
    ['env:PATH', 'secret-reference-invalid'],
    ['env:__proto__', 'secret-reference-invalid'],
    ['env:', 'secret-reference-invalid'],
    ['vault:x', 'secret-reference-invalid'],
    ['alpha', 'secret-reference-invalid'],
    ['env:SLUICE_SECRET_MISSING', 'secret-not-found'],
    ['env:SLUICE_SECRET_EMPTY', 'secret-not-found'],
    ['file:token', 'secret-reference-invalid'],
    ['file:/etc/passwd', 'secret-reference-invalid'],
    ['file:$/outside', 'secret-reference-invalid'],
    ['file:$/in/../outside', 'secret-reference-invalid'],
    ['file:$/in/link', 'secret-reference-invalid'],
    ['file:$/in-too/token', 'secret-reference-invalid'],
    ['file:$/in/own', 'secret-reference-invalid'],
    ['file:$/in/own-link', 'secret-reference-invalid'],
    ['file:$/in/sub/../own', 'secret-reference-invalid'],
    ['vault:ci/token', 'vault-not-configured'],
    ['file:$/in', 'secret-reference-invalid'],
    ['file:$/in/token\0', 'secret-reference-invalid'],
    ['file:$/in/missing', 'secret-not-found'],
    ['file:$/in/empty', 'secret-not-found'],
    ['file:$/in/huge', 'secret-not-found'],
    ['file:$/in/sub', 'secret-not-found'],
    ['file:$/in/fifo', 'secret-not-found'],
  ])('refuses %j with %s', async (reference, code) => {
    await expect(resolver().resolve(reference.replace('$', root))).rejects.toMatchObject({
      code,
      fault: 'user',
    });
  });

  it('never reads a property that the environment inherits', async () => {
    const inheriting = createSecretResolver({ environment: {}, names: ['constructor', 'toString'] });
    await expect(inheriting.resolve('env:toString')).rejects.toMatchObject({ code: 'secret-not-found' });
  });
});
