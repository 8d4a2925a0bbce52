import { createReportInvalid } from './report-error.js';

const MAX_LINE = 65_536;

/**
 * Lines of text (UTF-8) without their ends, as many at once as came in a part, however large all of it is. Throws
 * SluiceError `report-invalid` on an endless one.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE)
      throw createReportInvalid('LCOV', `a line is longer than ${MAX_LINE} characters.`);
    yield lines;
  }
  rest += decoder.decode();
  if (rest !== '') yield [rest];
}
