import { describe, it } from '@jest/globals';
import { describeVault } from '../../libs/connectors/secrets/vault/testing/vault-contract.js';
import { RealVault } from './real-vault.js';
import { findVaultProgram } from './vault-program.js';

const program = findVaultProgram();

if (program === undefined) {
  describe('secrets in a real Vault', () => {
    it.skip('has to be built once, by `npm test -- --with-vault`', () => undefined);
  });
} else {
  describeVault('secrets in a real Vault', () => RealVault.start(program));
}
