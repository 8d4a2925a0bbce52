import { expect, it } from '@jest/globals';
import type { LogChunk } from '#contracts/ports.js';
import { AttemptLog } from './attempt-log.js';

function createLog() {
  const chunks: LogChunk[] = [];
  const log = new AttemptLog(
    { run: 'r', step: 's', attempt: 2 },
    (text) => text.replace('secret', '***'),
    (chunk) => chunks.push(chunk),
  );
  return { log, chunks };
}

it('numbers lines over chunks, without gap', () => {
  const { log, chunks } = createLog();
  for (let line = 1; line <= 501; line++) log.add('stdout', `line ${line}`);
  log.flush();
  expect(chunks.map(({ firstLine, lines }) => [firstLine, lines.length])).toEqual([
    [1, 500],
    [501, 1],
  ]);
  expect(chunks[1]?.lines[0]).toMatchObject({ stream: 'stdout', text: 'line 501' });
});

it('masks, cuts to 16 KiB, and writes nothing when there is nothing', () => {
  const { log, chunks } = createLog();
  log.flush();
  log.add('stderr', `my secret ${'x'.repeat(20_000)}`);
  log.flush();
  expect(chunks).toHaveLength(1);
  expect(Buffer.byteLength(chunks[0]?.lines[0]?.text ?? '')).toBe(16 * 1024);
  expect(chunks[0]?.lines[0]?.text.startsWith('my *** ')).toBe(true);
});
