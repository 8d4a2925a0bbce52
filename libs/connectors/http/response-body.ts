import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { SluiceError } from '#domain/errors.js';
import { findErrorCode } from './http-failure.js';

/** Content codings (RFC 9110 §8.4.1) that are undone, asked for by Accept-Encoding. */
export const ACCEPT_ENCODING = 'gzip, br';

/** Bytes by which compressed data may exceed what it holds. */
const CODING_OVERHEAD = 1024;

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/**
 * Reads and decompresses a body, never holding more than `maxBytes` of it.
 * Throws SluiceError `http-response-too-large`, `http-response-invalid`, or what the stream threw.
 */
export async function readBody(
  body: Readable,
  coding: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let kept = 0;
  let received = 0;
  async function collect(source: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of source) {
      kept += chunk.length;
      if (kept > maxBytes) throw createTooLarge(maxBytes);
      chunks.push(chunk);
    }
  }
  const decoder = createDecoder(coding, body);
  if (decoder === undefined) {
    await pipeline(body, collect, { signal });
    return Buffer.concat(chunks);
  }
  const count = (bytes: number) => {
    received += bytes;
  };
  try {
    await pipeline(body, limitWire(maxBytes, count), decoder, collect, { signal });
  } catch (error) {
    const explained = explainCoding(error, received);
    if (explained === 'empty') return Buffer.alloc(0);
    throw explained;
  }
  return Buffer.concat(chunks);
}

/** Undefined where nothing is to be undone. Throws SluiceError `http-response-invalid`, and gives the body up. */
export function createDecoder(coding: string, body: Readable): Transform | undefined {
  const name = coding.trim().toLowerCase();
  if (name === '' || name === 'identity') return undefined;
  const create = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined;
  if (create !== undefined) return create();
  body.on('error', () => undefined).destroy();
  throw createInvalid(`The response has the content coding ${JSON.stringify(name)}.`);
}

/** Lets through what fits, and tells of each part. */
export function limitWire(
  maxBytes: number,
  count: (bytes: number) => void,
): (source: AsyncIterable<Buffer>) => AsyncGenerator<Buffer> {
  return async function* limit(source) {
    let received = 0;
    for await (const chunk of source) {
      received += chunk.length;
      count(chunk.length);
      if (received > maxBytes + CODING_OVERHEAD) throw createTooLarge(maxBytes);
      yield chunk;
    }
  };
}

/** What a decoder's error means, after so many bytes: `empty` where there was nothing to decode. */
export function explainCoding(error: unknown, received: number): unknown {
  if (!isZlibError(error)) return error;
  return received === 0 ? 'empty' : createInvalid('The compressed response is damaged.', error);
}

function isZlibError(error: unknown): boolean {
  return /^(Z_|ERR_BROTLI|ERR_ZSTD|ZSTD_|ERR_ZLIB|ERR__|ERR_PADDING)/.test(findErrorCode(error));
}

export function createTooLarge(maxBytes: number): SluiceError {
  return createActionFailure({
    code: 'http-response-too-large',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `The response is larger than ${maxBytes} bytes.`,
    hint: 'Ask for less, or raise `maxBytes`; for files use a command that writes to the workspace.',
  });
}

function createInvalid(message: string, cause?: unknown): SluiceError {
  return createActionFailure({
    code: 'http-response-invalid',
    fault: 'operational',
    class: 'dependency',
    retryable: true,
    message,
    cause,
  });
}
