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
  encoding: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const coding = encoding.trim().toLowerCase();
  const chunks: Buffer[] = [];
  let kept = 0;
  let received = 0;
  async function* limitWire(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      received += chunk.length;
      if (received > maxBytes + CODING_OVERHEAD) throw createTooLarge(maxBytes);
      yield chunk;
    }
  }
  async function collect(source: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of source) {
      kept += chunk.length;
      if (kept > maxBytes) throw createTooLarge(maxBytes);
      chunks.push(chunk);
    }
  }
  if (coding === '' || coding === 'identity') {
    await pipeline(body, collect, { signal });
    return Buffer.concat(chunks);
  }
  const createDecoder = Object.hasOwn(DECODERS, coding) ? DECODERS[coding] : undefined;
  if (!createDecoder) {
    body.on('error', () => undefined).destroy();
    throw createInvalid(`The response has the content coding ${JSON.stringify(coding)}.`);
  }
  try {
    await pipeline(body, limitWire, createDecoder(), collect, { signal });
  } catch (error) {
    if (received === 0 && isZlibError(error)) return Buffer.alloc(0);
    if (isZlibError(error)) throw createInvalid('The compressed response is damaged.', error);
    throw error;
  }
  return Buffer.concat(chunks);
}

function isZlibError(error: unknown): boolean {
  return /^(Z_|ERR_BROTLI|ERR_ZSTD|ZSTD_|ERR_ZLIB|ERR__|ERR_PADDING)/.test(findErrorCode(error));
}

function createTooLarge(maxBytes: number): SluiceError {
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
