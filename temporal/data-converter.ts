import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { EncryptionKey } from '#connectors/secrets/encryption-keys.js';
import { createEncryptingCodec } from './encrypting-codec.js';
import { compressingCodec } from './payload-codec.js';

/**
 * How values go to Temporal and come back, the same for clients and workers: compressed, and where there is a key
 * encrypted, the messages of failures too.
 */
export function createDataConverter(keys: readonly EncryptionKey[]): DataConverter {
  const [first, ...others] = keys;
  if (first === undefined) return { payloadCodecs: [compressingCodec] };
  return {
    payloadCodecs: [compressingCodec, createEncryptingCodec([first, ...others])],
    failureConverterPath: fileURLToPath(new URL('./encoded-failures.js', import.meta.url)),
  };
}
