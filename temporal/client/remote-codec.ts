import type { Payload } from '@temporalio/common';
import type { EncryptionKey } from '#connectors/secrets/encryption-keys.js';
import { createDataConverter } from '../data-converter.js';

/** A payload in the JSON of Protocol Buffers, as Temporal's Web UI and CLI send it: all bytes in base64. */
export interface RemotePayload {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly data?: string;
}

/** What a codec server answers with. Rejects where a payload cannot be read. */
export interface RemoteCodec {
  encode(payloads: readonly RemotePayload[]): Promise<readonly RemotePayload[]>;
  decode(payloads: readonly RemotePayload[]): Promise<readonly RemotePayload[]>;
}

export function createRemoteCodec(keys: readonly EncryptionKey[]): RemoteCodec {
  const { payloadCodecs = [] } = createDataConverter(keys);
  return {
    async encode(remote) {
      let payloads = remote.map(read);
      for (const codec of payloadCodecs) payloads = await codec.encode(payloads);
      return payloads.map(write);
    },
    async decode(remote) {
      let payloads = remote.map(read);
      for (const codec of payloadCodecs.toReversed()) payloads = await codec.decode(payloads);
      return payloads.map(write);
    },
  };
}

function read({ metadata = {}, data }: RemotePayload): Payload {
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata).map(([name, text]) => [name, Buffer.from(text, 'base64')]),
    ),
    ...(data === undefined ? {} : { data: Buffer.from(data, 'base64') }),
  };
}

function write({ metadata, data }: Payload): RemotePayload {
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([name, bytes]) => [name, toBase64(bytes)]),
    ),
    ...(data == null ? {} : { data: toBase64(data) }),
  };
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
