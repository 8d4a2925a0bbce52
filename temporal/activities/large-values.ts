import { setTimeout as sleep } from 'node:timers/promises';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import { isObjectReference, MAX_OBJECT_BYTES, type ObjectReference } from '#contracts/object-reference.js';
import type { ObjectStore, StoredObject } from '#contracts/ports.js';
import type { SluiceError } from '#domain/errors.js';
import { exceedsValueLimit } from '#domain/execution/limits.js';
import { measureJson } from '#domain/expressions/dialects/cel/json-size.js';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.js';
import { estimateJsonLength, exceedsJsonLength } from '#domain/json-length.js';

/** Members that are at most this long stay where they are. */
const MIN_MEMBER_LENGTH = 8 * 1024;
const PREVIEW_LENGTH = 1_000;
/** Pauses between tries to reach the store: the work that gave the value is done, and is not done twice for its sake. */
const PAUSES_MS = [500, 2_000, 5_000, 10_000];

/** What an object is kept for. */
interface Owner {
  readonly run: string;
  readonly step: string;
}

type Reference = ObjectReference & JsonObject;

/**
 * Takes values that are too large for a history out of outputs and puts them into inputs. It holds one such value at a
 * time, whatever the number of attempts under way: each exists several times while it is being converted.
 */
export class LargeValues {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly store: ObjectStore) {}

  /**
   * The output itself where it is small; else with references in place of its largest members, or one reference in
   * place of all of it. Throws SluiceError `output-too-large`, `object-store-unavailable`.
   */
  async takeOut(output: Json, owner: Owner): Promise<Json> {
    if (!exceedsValueLimit(output)) return output;
    return this.oneByOne(async () => {
      const refer = (value: Json) => this.refer(value, owner);
      return (isJsonObject(output) ? await shrink(output, refer) : undefined) ?? (await refer(output));
    });
  }

  /**
   * The input with every reference in it replaced by its value. Throws SluiceError `object-not-found`, `objects-too-large`,
   * `object-store-unavailable`.
   */
  async putIn(input: JsonObject, project: string): Promise<JsonObject> {
    const references = new Set<string>();
    visitReferences(input, (reference) => references.add(reference.$object));
    if (references.size === 0) return input;
    return this.oneByOne(async () => {
      const objects: StoredObject[] = [];
      for (const id of references) objects.push(await this.require(project, id));
      const sizes = new Map(objects.map(({ id, size }) => [id, size]));
      let total = 0;
      visitReferences(input, (reference) => {
        total += sizes.get(reference.$object) ?? 0;
      });
      if (total > MAX_OBJECT_BYTES) throw createTooLarge();
      const values = new Map<string, Json>();
      for (const { id } of objects) values.set(id, await persist(() => this.readValue(id)));
      return replaceReferences(input, values) as JsonObject;
    });
  }

  private async refer(value: Json, owner: Owner): Promise<Reference> {
    // Of what is too large no text is made: escapes can make it six times as long as the value.
    if (estimateJsonLength(value) > MAX_OBJECT_BYTES || isTooLarge(measureJson(value)))
      throw createOutputTooLarge();
    const text = JSON.stringify(value);
    if (text.length > MAX_OBJECT_BYTES) throw createOutputTooLarge();
    const json = Buffer.from(text);
    if (json.length > MAX_OBJECT_BYTES) throw createOutputTooLarge();
    const { id, size, digest } = await persist(() => this.store.put(owner, json));
    return { $object: id, size, digest, preview: createPreview(value, json) };
  }

  private async require(project: string, id: string): Promise<StoredObject> {
    const found = await persist(() => this.store.find(project, id));
    if (found === undefined) throw createNotFound(id);
    return found;
  }

  private async readValue(id: string): Promise<Json> {
    const parts: Uint8Array[] = [];
    for await (const part of this.store.read(id)) parts.push(part);
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as Json;
  }

  private oneByOne<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => undefined);
    return turn;
  }
}

/** With references for its largest members, so many that the rest is small; undefined where that cannot be. */
async function shrink(
  output: JsonObject,
  refer: (value: Json) => Promise<Reference>,
): Promise<JsonObject | undefined> {
  const large = Object.entries(output).filter(([, member]) => exceedsJsonLength(member, MIN_MEMBER_LENGTH));
  const placeholder = 'x'.repeat(PREVIEW_LENGTH * 2);
  const blank = Object.fromEntries(large.map(([key]) => [key, placeholder]));
  if (exceedsValueLimit({ ...output, ...blank })) return undefined;
  const lengths = new Map(large.map(([key, member]) => [key, estimateJsonLength(member)]));
  const largestFirst = large.toSorted(([a], [b]) => lengths.get(b)! - lengths.get(a)!);
  const references: [string, Json][] = [];
  for (const [key, member] of largestFirst) {
    references.push([key, await refer(member)]);
    const shrunk = { ...output, ...Object.fromEntries(references) };
    if (!exceedsValueLimit(shrunk)) return shrunk;
  }
  return undefined;
}

/** A value that nests too deep to be measured is measured as text. */
function isTooLarge(bytes: number): boolean {
  return Number.isFinite(bytes) && bytes > MAX_OBJECT_BYTES;
}

function createPreview(value: Json, json: Buffer): string {
  const text = typeof value === 'string' ? value : json.toString('utf8', 0, PREVIEW_LENGTH);
  return text.slice(0, PREVIEW_LENGTH).toWellFormed();
}

function visitReferences(value: Json, visit: (reference: ObjectReference) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (isObjectReference(value)) visit(value);
  else for (const member of Object.values(value)) visitReferences(member, visit);
}

function replaceReferences(value: Json, values: ReadonlyMap<string, Json>): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (isObjectReference(value)) return values.get(value.$object) ?? null;
  if (Array.isArray(value)) return value.map((item) => replaceReferences(item, values));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, replaceReferences(member, values)]),
  );
}

/** Throws SluiceError `object-store-unavailable` where the store does not answer again and again. */
async function persist<T>(ask: () => Promise<T>): Promise<T> {
  for (const pause of PAUSES_MS) {
    try {
      return await ask();
    } catch {
      await sleep(pause);
    }
  }
  return ask().catch((cause: unknown) => {
    throw createUnavailable(cause);
  });
}

function createUnavailable(cause: unknown): SluiceError {
  return createActionFailure({
    code: 'object-store-unavailable',
    fault: 'operational',
    class: 'infrastructure',
    retryable: true,
    message: 'The store of large values cannot be reached.',
    hint: 'Look whether Postgres runs and the worker reaches it.',
    cause,
  });
}

function createOutputTooLarge(): SluiceError {
  return createActionFailure({
    code: 'output-too-large',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: 'The output is larger than 50 MiB of JSON.',
    hint: 'Write the data to the workspace and put out what later steps need of it.',
  });
}

function createNotFound(id: string): SluiceError {
  return createActionFailure({
    code: 'object-not-found',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `The input refers to the object ${id}, which does not exist.`,
    hint: 'Objects are removed some time after the run that made them has ended; run it again.',
  });
}

function createTooLarge(): SluiceError {
  return createActionFailure({
    code: 'objects-too-large',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: 'The objects that the input refers to are together larger than 50 MiB.',
    hint: 'Hand over fewer of them at once, or files in the workspace.',
  });
}
