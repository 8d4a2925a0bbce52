import { describe, expect, it } from '@jest/globals';
import type { AgentAuth } from '#contracts/agents.js';
import type { SafeClient, SafeRequest } from '../http/safe-client.js';
import { Credentials } from './credentials.js';

const SECRETS: Readonly<Record<string, string>> = { 'env:S': 'k:é& y' };

/** A token endpoint, and who asks it. */
function createEndpoint(answers: readonly { status: number; body: string }[]) {
  const asked: SafeRequest[] = [];
  const client: Pick<SafeClient, 'send'> = {
    async send(request) {
      const { status, body } = answers[Math.min(asked.length, answers.length - 1)]!;
      asked.push(request);
      return { status, headers: {}, body: Buffer.from(body) };
    },
  };
  const masked: string[] = [];
  const context = {
    signal: new AbortController().signal,
    resolve: async (reference: string) => SECRETS[reference]!,
    mask: (secret: string) => void masked.push(secret),
  };
  const credentials = new Credentials(client);
  return {
    asked,
    masked,
    credentials,
    headersFor: (auth: AgentAuth) => credentials.headersFor(auth, context),
    context,
  };
}

const OAUTH: AgentAuth = {
  type: 'oauth2',
  tokenUrl: 'https://id.example/token',
  clientId: 'a client',
  secret: 'env:S',
  scopes: ['jobs:write', 'jobs:read'],
};

const token = (value: string, more = '') => ({ status: 200, body: `{"access_token":"${value}"${more}}` });

describe('Credentials', () => {
  it.each<[AgentAuth, Record<string, string>, string[]]>([
    [{ type: 'none' }, {}, []],
    [{ type: 'bearer', secret: 'env:S' }, { authorization: 'Bearer k:é& y' }, ['k:é& y']],
    [{ type: 'api_key', header: 'X-Key', secret: 'env:S' }, { 'x-key': 'k:é& y' }, ['k:é& y']],
    [
      { type: 'basic', username: 'ann', secret: 'env:S' },
      { authorization: 'Basic YW5uOms6w6kmIHk=' },
      ['k:é& y', 'YW5uOms6w6kmIHk='],
    ],
  ])('%j', async (auth, headers, hidden) => {
    const { headersFor, masked } = createEndpoint([]);
    expect(await headersFor(auth)).toEqual(headers);
    expect(masked).toEqual(hidden);
  });

  it('gets a token by client credentials, and keeps it while it lives', async () => {
    const { headersFor, asked, masked } = createEndpoint([token('t1', ',"expires_in":3600'), token('t2')]);
    expect(await headersFor(OAUTH)).toEqual({ authorization: 'Bearer t1' });
    expect(await headersFor(OAUTH)).toEqual({ authorization: 'Bearer t1' });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      url: OAUTH.type === 'oauth2' && OAUTH.tokenUrl,
      method: 'POST',
      body: 'grant_type=client_credentials&scope=jobs%3Awrite+jobs%3Aread',
      headers: {
        authorization: `Basic ${Buffer.from('a+client:k%3A%C3%A9%26+y').toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      maxRedirects: 0,
    });
    expect(masked).toContain('t1');
  });

  it('gets another one when it was refused, or is about to expire', async () => {
    const { headersFor, credentials } = createEndpoint([
      token('t1', ',"expires_in":20'),
      token('t2'),
      token('t3'),
    ]);
    expect(await headersFor(OAUTH)).toEqual({ authorization: 'Bearer t1' });
    expect(await headersFor(OAUTH)).toEqual({ authorization: 'Bearer t2' });
    credentials.forget(OAUTH);
    expect(await headersFor(OAUTH)).toEqual({ authorization: 'Bearer t3' });
  });

  it.each([
    [{ status: 400, body: '{"error":"invalid_client"}' }, false, '400 (invalid_client)'],
    [{ status: 503, body: '' }, true, '503'],
    [{ status: 200, body: 'not json' }, false, '200'],
    [{ status: 400, body: '{"error":"<script>"}' }, false, 'status 400.'],
  ])('%j is no token', async (answer, retryable, words) => {
    await expect(createEndpoint([answer]).headersFor(OAUTH)).rejects.toMatchObject({
      code: 'agent-token-refused',
      message: expect.stringContaining(words),
      details: expect.objectContaining({ retryable }),
    });
  });

  it('hides all that it has told, without asking for anything', async () => {
    const { credentials, context, masked, headersFor, asked } = createEndpoint([
      token('t1', ',"expires_in":3600'),
    ]);
    await credentials.hide(OAUTH, context);
    expect(asked).toEqual([]);
    await headersFor(OAUTH);
    masked.length = 0;
    await credentials.hide(OAUTH, context);
    expect(masked).toEqual(['k:é& y', 't1']);
  });
});
