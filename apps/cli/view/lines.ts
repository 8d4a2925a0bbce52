import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Output } from '../console.js';

/** Whole lines of a stream of UTF-8, as they come; what is cut off at its end is no line. */
export async function* readTextLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of source) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** Into a file, readable for its owner only, or to the output; answers with how many lines there were. */
export async function writeTextLines(
  lines: AsyncIterable<string>,
  to: { readonly file: string; readonly append: boolean } | { readonly out: Output },
): Promise<number> {
  let count = 0;
  async function* counted(): AsyncGenerator<string> {
    for await (const line of lines) {
      count += 1;
      yield `${line}\n`;
    }
  }
  if ('out' in to) for await (const line of counted()) to.out.write(line);
  else {
    const target = createWriteStream(to.file, { mode: 0o600, flags: to.append ? 'a' : 'w' });
    await pipeline(Readable.from(counted(), { objectMode: false }), target);
  }
  return count;
}
