import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createOpenAiRefiner } from './openai-refiner.js';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

interface Asked {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly body: { readonly model: string; readonly messages: readonly { readonly content: string }[] };
}

/** A model on loopback, which answers as it is told to. */
async function serve(answer: (response: ServerResponse) => void) {
  const asked: Asked[] = [];
  server = createServer((request: IncomingMessage, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      asked.push({ path: request.url, authorization: request.headers.authorization, body: JSON.parse(text) });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`, asked };
}

const say = (content: unknown) => (response: ServerResponse) =>
  response.end(JSON.stringify({ choices: [{ message: { content } }] }));
const REQUEST = { definition: 'sluice: 1\n', notes: ['a note'] };

describe('a model', () => {
  it.each([
    ['the definition alone', 'sluice: 1'],
    ['between fences', 'Here it is:\n```yaml\nsluice: 1\n```\nDone.'],
  ])('answers with %s', async (_, content) => {
    const { url, asked } = await serve(say(content));
    expect(await createOpenAiRefiner({ url, name: 'm', key: 'k' }).refine(REQUEST)).toBe('sluice: 1\n');
    expect(asked).toMatchObject([
      { path: '/v1/chat/completions', authorization: 'Bearer k', body: { model: 'm' } },
    ]);
    expect(asked[0]!.body.messages[1]!.content).toBe('sluice: 1\n\n\nWhat was noted:\n- a note');
  });

  const wrong: readonly (readonly [
    name: string,
    answer: (response: ServerResponse) => void,
    message: string,
  ])[] = [
    ['rubbish', (response) => response.end('<html>'), 'its answer is no JSON'],
    ['null', (response) => response.end('null'), 'its answer has no text'],
    ['no text', say({ a: 1 }), 'its answer has no text'],
    ['nobody to choose from', (response) => response.end('{"choices":[]}'), 'its answer has no text'],
    ['a failure', (response) => response.writeHead(500).end(), 'it answered with status 500'],
    [
      'a way elsewhere',
      (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      'it cannot be reached',
    ],
    [
      'half an answer',
      (response) => void response.write('{"choices', () => response.destroy()),
      'it cannot be reached',
    ],
    [
      'more than anybody writes',
      (response) => response.end('x'.repeat(3_000_000)),
      'its answer is larger than 2 MiB',
    ],
  ];
  it.each(wrong)('answers with %s', async (_, answer, message) => {
    const { url } = await serve(answer);
    await expect(createOpenAiRefiner({ url, name: 'm' }).refine(REQUEST)).rejects.toMatchObject({
      code: 'model-unavailable',
      message,
    });
  });

  it.each([
    ['never', () => undefined],
    ['without end', (response: ServerResponse) => void response.write('{')],
  ])('answers %s', async (_, answer) => {
    const { url } = await serve(answer);
    const refiner = createOpenAiRefiner({ url, name: 'm', timeoutMs: 50 });
    await expect(refiner.refine(REQUEST)).rejects.toMatchObject({ message: 'it took too long' });
  });

  it('is nowhere', async () => {
    await expect(
      createOpenAiRefiner({ url: 'http://127.0.0.1:1', name: 'm' }).refine(REQUEST),
    ).rejects.toMatchObject({ message: 'it cannot be reached' });
  });
});
