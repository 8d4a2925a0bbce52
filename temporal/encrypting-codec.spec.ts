import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { EncryptionKey } from '#connectors/secrets/encryption-keys.js';
import { createDataConverter } from './data-converter.js';
import { createEncryptingCodec } from './encrypting-codec.js';

const key = (id: string): EncryptionKey => ({ id, bytes: randomBytes(32) });
const NEW = key('new');
const OLD = key('old');
const payloadOf = (value: unknown): Payload => defaultPayloadConverter.toPayload(value) as Payload;
const textOf = ({ data }: Payload): string => Buffer.from(data!).toString('latin1');

describe('the encrypting codec', () => {
  const codec = createEncryptingCodec([NEW, OLD]);

  it.each([
    ['canary'],
    [{ a: [1, null] }],
    [undefined],
    [new Uint8Array([1, 2, 3])],
    ['x'.repeat(1_000_000)],
  ])('gives back %p', async (value) => {
    const encoded = await codec.encode([payloadOf(value), payloadOf('second')]);
    const decoded = await codec.decode(encoded);
    expect(decoded.map((payload) => defaultPayloadConverter.fromPayload(payload))).toEqual([value, 'second']);
  });

  it('hides value and form, and never encrypts alike', async () => {
    const [one, two] = await codec.encode([payloadOf('canary'), payloadOf('canary')]);
    expect(Object.keys(one!.metadata!)).toEqual(['encoding', 'encryption-key-id']);
    expect(textOf(one!)).not.toMatch(/canary|json/);
    expect(textOf(one!)).not.toBe(textOf(two!));
  });

  it('reads what an older key, or none, has left', async () => {
    const old = await createEncryptingCodec([OLD]).encode([payloadOf(1)]);
    const decoded = await codec.decode([...old, payloadOf(2)]);
    expect(decoded.map((payload) => defaultPayloadConverter.fromPayload(payload))).toEqual([1, 2]);
  });

  it('names a key that it does not have', async () => {
    const encoded = await codec.encode([payloadOf(1)]);
    await expect(createEncryptingCodec([OLD]).decode(encoded)).rejects.toThrow(
      /key "new".*SLUICE_ENCRYPTION_KEYS/,
    );
  });

  it('refuses another key of the same id', async () => {
    const encoded = await codec.encode([payloadOf(1)]);
    await expect(createEncryptingCodec([key('new')]).decode(encoded)).rejects.toThrow(/was changed/);
  });

  it('refuses a payload of which one bit, the key id or the end was changed', async () => {
    const [payload] = await codec.encode([payloadOf('canary')]);
    const data = Buffer.from(payload!.data!);
    const changed: Payload[] = [];
    for (let at = 0; at < data.length; at++) {
      const copy = Buffer.from(data);
      copy[at]! ^= 1;
      changed.push({ ...payload!, data: copy });
    }
    for (let length = 0; length < data.length; length++)
      changed.push({ ...payload!, data: data.subarray(0, length) });
    const twin = createEncryptingCodec([NEW, { id: 'old', bytes: NEW.bytes }]);
    changed.push({
      ...payload!,
      metadata: { ...payload!.metadata, 'encryption-key-id': Buffer.from('old') },
    });
    for (const one of changed) await expect(twin.decode([one])).rejects.toThrow(/was changed/);
  });

  it('encrypts what was compressed', async () => {
    const { payloadCodecs = [] } = createDataConverter([NEW]);
    let payloads = [payloadOf('canary'.repeat(100_000))];
    for (const one of payloadCodecs) payloads = await one.encode(payloads);
    expect(payloads[0]!.data!.length).toBeLessThan(10_000);
    expect(textOf(payloads[0]!)).not.toContain('canary');
    for (const one of payloadCodecs.toReversed()) payloads = await one.decode(payloads);
    expect(defaultPayloadConverter.fromPayload(payloads[0]!)).toBe('canary'.repeat(100_000));
  });
});
