import { pipeline, type Readable } from 'node:stream';
import type { SluiceError } from '#domain/errors.js';
import { createDecoder, createTooLarge, explainCoding, limitWire } from './response-body.js';
import type { TimeLimit } from './time-limit.js';

interface StreamLimits {
  readonly coding: string;
  readonly maxBytes: number;
  /** Longest pause within the body, in milliseconds; the time that the reader itself takes does not count. */
  readonly idleMs: number;
  /** Ends the transfer when it passes. */
  readonly limit: TimeLimit;
  explain(error: unknown): SluiceError;
}

/** A body in parts, decompressed; no more than a few of its parts are held. */
export function createStreamedBody(body: Readable, limits: StreamLimits): AsyncIterable<Uint8Array> {
  const reader = new BodyReader(body, limits);
  return { [Symbol.asyncIterator]: () => reader };
}

class BodyReader implements AsyncIterator<Uint8Array, undefined> {
  private readonly parts: Readable;
  private readonly iterator: AsyncIterator<Buffer, undefined>;
  private read = 0;
  private received = 0;

  constructor(
    private readonly body: Readable,
    private readonly limits: StreamLimits,
  ) {
    const decoder = createDecoder(limits.coding, body);
    const count = (bytes: number) => {
      this.received += bytes;
    };
    // Whoever iterates is told of what goes wrong.
    this.parts =
      decoder === undefined
        ? body
        : pipeline(body, limitWire(limits.maxBytes, count), decoder, () => undefined);
    this.parts.on('error', () => undefined);
    this.iterator = this.parts[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const { limit, idleMs, maxBytes, explain } = this.limits;
    limit.start(idleMs);
    try {
      const part = await this.iterator.next();
      if (part.done !== true) this.read += part.value.length;
      if (this.read > maxBytes) throw createTooLarge(maxBytes);
      return part;
    } catch (error) {
      this.end();
      const explained = explainCoding(error, this.received);
      if (explained === 'empty') return { done: true, value: undefined };
      throw explain(explained);
    } finally {
      limit.stop();
    }
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.end();
    return { done: true, value: undefined };
  }

  private end(): void {
    this.body.on('error', () => undefined).destroy();
    this.parts.destroy();
  }
}
