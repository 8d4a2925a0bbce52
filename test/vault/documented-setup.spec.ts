import { describe, expect, it } from '@jest/globals';
import { createSecretResolver } from '#connectors/secrets/resolve-secret.js';
import { createVaultSecrets } from '#connectors/secrets/vault/vault-secrets.js';
import { findBlocks, readDocument, readExchanges } from '../docs/markdown.js';
import { splitWords } from '../docs/words.js';
import { RealVault } from './real-vault.js';
import { findVaultProgram } from './vault-program.js';

interface VaultRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
}

/** What a command of the `vault` program asks, by the documentation of the program. */
function toRequest(command: string, input: string): VaultRequest {
  const words = splitWords(command).slice(1);
  const given = Object.fromEntries(
    words.filter((word) => word.includes('=')).map((word) => word.split('=', 2) as [string, string]),
  );
  switch (words.slice(0, 2).join(' ')) {
    case 'secrets enable':
      return { method: 'POST', path: `sys/mounts/${given['-path']}`, body: { type: words.at(-1) } };
    case 'policy write':
      return { method: 'POST', path: `sys/policies/acl/${words[2]}`, body: { policy: input } };
    case 'auth enable':
      return { method: 'POST', path: `sys/auth/${words[2]}`, body: { type: words[2] } };
    case 'kv put':
      return { method: 'POST', path: words[2]!.replace('/', '/data/'), body: { data: given } };
  }
  if (words[0] === 'read') return { method: 'GET', path: words[1]! };
  if (words[0] === 'write')
    return { method: 'POST', path: words.find((word) => word.includes('/'))!, body: given };
  throw new Error(`no known command: ${command}`);
}

const program = findVaultProgram();

(program === undefined ? describe.skip : describe)('docs/secrets.md, on a real Vault', () => {
  it('makes an engine, a policy and an AppRole by which a worker reads, and reads no more', async () => {
    const vault = await RealVault.startEmpty(program!);
    try {
      const block = findBlocks(readDocument('docs/secrets.md')).find(({ info }) => info === 'console vault');
      const answers: { data?: Record<string, string> }[] = [];
      for (const { command, output } of readExchanges(block!)) {
        const { method, path, body } = toRequest(command, output.join('\n'));
        answers.push(await vault.ask(method, path, body));
        if (command.includes('secrets enable')) await vault.untilReady('ci');
      }
      const facts = Object.assign({}, ...answers.map(({ data }) => data)) as Record<string, string>;
      await vault.ask('POST', 'sys/mounts/other', { type: 'kv-v2' });
      const secrets = createVaultSecrets({
        address: vault.address,
        namespace: undefined,
        authorities: undefined,
        login: {
          kind: 'approle',
          mount: 'approle',
          roleId: { text: facts['role_id']! },
          secretId: { text: facts['secret_id']! },
        },
      });
      const resolver = createSecretResolver({ environment: {}, vault: secrets });
      expect(await resolver.resolve('vault:ci/registry#token')).toBe('example');
      await expect(resolver.resolve('vault:other/registry#token')).rejects.toMatchObject({
        code: 'vault-denied',
      });
      await secrets.close();
    } finally {
      await vault.close();
    }
  });
});
