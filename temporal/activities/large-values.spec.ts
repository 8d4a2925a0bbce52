import { createHash, randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { isObjectReference, type ObjectReference } from '#contracts/object-reference.js';
import type { ObjectStore, StoredObject } from '#contracts/ports.js';
import type { Json, JsonObject } from '#domain/json.js';
import { LargeValues } from './large-values.js';

const OWNER = { run: 'r', step: 's' };
const MIB = 1024 * 1024;
const long = (length: number, letter = 'x') => letter.repeat(length);

/** Remembers in memory. */
class MemoryStore implements ObjectStore {
  readonly objects = new Map<
    string,
    StoredObject & { readonly json: Uint8Array; readonly project: string }
  >();
  underWay = 0;
  mostAtOnce = 0;
  refusals = 0;

  async put(owner: { run: string }, json: Uint8Array): Promise<StoredObject> {
    if (this.refusals-- > 0) throw new Error('away');
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.underWay);
    await new Promise(setImmediate);
    this.underWay -= 1;
    const digest = `sha256:${createHash('sha256').update(json).digest('hex')}`;
    const object = { id: randomUUID(), run: owner.run, size: json.length, digest, json, project: 'default' };
    this.objects.set(object.id, object);
    return object;
  }

  async find(project: string, id: string) {
    const found = this.objects.get(id);
    return found?.project === project ? found : undefined;
  }

  async *read(id: string) {
    const { json } = this.objects.get(id)!;
    yield json.subarray(0, 7);
    yield json.subarray(7);
  }

  removeOld = async () => 0;
}

let store: MemoryStore;
let values: LargeValues;

beforeEach(() => {
  store = new MemoryStore();
  values = new LargeValues(store);
});

describe('outputs', () => {
  it.each([{}, [], 'text', null, 7, { a: long(200_000) }] as Json[])(
    'leaves what is small as it is',
    async (output) => {
      expect(await values.takeOut(output, OWNER)).toBe(output);
      expect(store.objects.size).toBe(0);
    },
  );

  it('refers to the largest members, as few as will do', async () => {
    const output = { exitCode: 0, stdout: long(300_000), stderr: long(20_000, 'e'), list: [1] };
    const shrunk = (await values.takeOut(output, OWNER)) as JsonObject;
    expect(shrunk).toEqual({
      ...output,
      stdout: {
        $object: expect.any(String),
        size: 300_002,
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        preview: long(1_000),
      },
    });
    expect(isObjectReference(shrunk['stdout'])).toBe(true);
    expect(await values.putIn(shrunk, 'default')).toEqual(output);
  });

  it('takes names of members as they are', async () => {
    const output = JSON.parse(`{"__proto__": "${long(300_000)}", "constructor": 1}`) as JsonObject;
    const shrunk = await values.takeOut(output, OWNER);
    expect(Object.keys(shrunk as JsonObject)).toEqual(['__proto__', 'constructor']);
    expect(JSON.stringify(await values.putIn(shrunk as JsonObject, 'default'))).toBe(JSON.stringify(output));
  });

  it.each([
    ['a text', long(300_000, 'æ')],
    ['a list', Array(100_000).fill(17)],
    ['a map of many members', Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`k${i}`, i]))],
    ['text that grows by escapes', '\0'.repeat(100_000)],
  ] as [string, Json][])('refers to the whole of %s', async (_, output) => {
    const reference = (await values.takeOut(output, OWNER)) as unknown as ObjectReference;
    expect(isObjectReference(reference as unknown as Json)).toBe(true);
    expect(reference.preview.length).toBeLessThanOrEqual(1_000);
    expect(reference.size).toBe(Buffer.byteLength(JSON.stringify(output)));
    expect(await values.putIn({ it: reference as unknown as Json }, 'default')).toEqual({ it: output });
  });

  it('takes 50 MiB, and no more, of text or of bytes', async () => {
    expect(await values.takeOut(long(50 * MIB - 2), OWNER)).toMatchObject({ size: 50 * MIB });
    for (const output of [long(50 * MIB - 1), long(30 * MIB, 'æ'), { a: long(60 * MIB) }]) {
      await expect(values.takeOut(output, OWNER)).rejects.toMatchObject({ code: 'output-too-large' });
    }
    expect(store.objects.size).toBe(1);
  });

  it('holds one large value at a time', async () => {
    await Promise.all(Array.from({ length: 5 }, (_, i) => values.takeOut(long(300_000 + i), OWNER)));
    expect(store.mostAtOnce).toBe(1);
    expect(store.objects.size).toBe(5);
  });

  it('does not lose what was done because the store is away for a moment', async () => {
    store.refusals = 1;
    expect(await values.takeOut(long(300_000), OWNER)).toMatchObject({ size: 300_002 });
  });
});

describe('inputs', () => {
  async function keep(value: Json): Promise<Json> {
    const { id, size, digest } = await store.put(OWNER, Buffer.from(JSON.stringify(value)));
    return { $object: id, size, digest, preview: '' };
  }

  it('are what they were where they refer to nothing', async () => {
    const input = { a: [1, { b: null }] };
    expect(await values.putIn(input, 'default')).toBe(input);
  });

  it('get the values wherever they stand whole', async () => {
    const one = await keep({ n: 1 });
    const two = await keep('æ'.repeat(100));
    expect(await values.putIn({ a: one, b: [one, { c: two }], d: 'x' }, 'default')).toEqual({
      a: { n: 1 },
      b: [{ n: 1 }, { c: 'æ'.repeat(100) }],
      d: 'x',
    });
  });

  it('leave values of a user that only look alike', async () => {
    const real = (await keep(1)) as JsonObject;
    const alike: Json[] = [
      { $object: 'x' },
      { ...real, more: 1 },
      { ...real, size: '3' },
      { ...real, $object: '../../etc/passwd' },
      { ...real, $object: [real['$object'] as string] },
    ];
    expect(await values.putIn({ alike }, 'default')).toEqual({ alike });
  });

  it.each([
    ['another project', (reference: JsonObject) => reference, 'other'],
    [
      'an object that is gone',
      (reference: JsonObject) => ({ ...reference, $object: randomUUID() }),
      'default',
    ],
  ])('refuse %s', async (_, change, project) => {
    const reference = change((await keep('x')) as JsonObject);
    await expect(values.putIn({ reference }, project)).rejects.toMatchObject({ code: 'object-not-found' });
  });

  it('refuse more than 50 MiB in all, whatever a reference says of its size', async () => {
    const reference = { ...((await keep(long(26 * MIB))) as JsonObject), size: 1 };
    await expect(values.putIn({ a: reference, b: reference }, 'default')).rejects.toMatchObject({
      code: 'objects-too-large',
    });
    expect(Object.keys(await values.putIn({ a: reference }, 'default'))).toEqual(['a']);
  });
});
