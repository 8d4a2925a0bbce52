import { InvalidArgumentError } from 'commander';
import { MAX_SIZE, parseSize } from '#domain/definition/size.js';

/** Bytes of `16GiB` or `1048576`, as definitions write them. Throws commander's error for an argument that is none. */
export function parseBytes(text: string): number {
  const bytes = /^\d{1,16}$/.test(text) ? Number(text) : parseSize(text);
  if (bytes === undefined || bytes > MAX_SIZE) {
    throw new InvalidArgumentError('It is no size up to 1PiB: write for example 512MiB or 16GiB.');
  }
  return bytes;
}
