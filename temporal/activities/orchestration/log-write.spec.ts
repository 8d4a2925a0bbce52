import { describe, expect, it } from '@jest/globals';
import type { ActionContext } from '#contracts/ports.js';
import type { Json } from '#domain/json.js';
import { writeLog } from './log-write.js';

async function logged(input: Json): Promise<unknown> {
  const lines: string[][] = [];
  const context = { log: (stream: string, text: string) => lines.push([stream, text]) };
  expect(await writeLog(input, context as unknown as ActionContext)).toEqual({});
  return lines;
}

describe('log/write', () => {
  it.each([
    [{ message: 'hello' }, [['stdout', 'hello']]],
    [{ message: 'careful', level: 'warn' }, [['stderr', 'careful']]],
    [
      { message: 'one\r\ntwo\nthree' },
      [
        ['stdout', 'one'],
        ['stdout', 'two'],
        ['stdout', 'three'],
      ],
    ],
    [{ message: { a: [1, null] } }, [['stdout', '{"a":[1,null]}']]],
    [{ message: 0 }, [['stdout', '0']]],
    [{ message: null }, [['stdout', 'null']]],
    [{ message: '' }, [['stdout', '']]],
  ])('writes %j', async (input, lines) => {
    expect(await logged(input)).toEqual(lines);
  });
});
