import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAgentCaller } from '#connectors/agents/agent-caller.js';
import { createSafeClient, type SafeClient } from '#connectors/http/safe-client.js';
import type { AgentAuth } from '#contracts/agents.js';
import type { ActionContext } from '#contracts/ports.js';
import { isSluiceError } from '#domain/errors.js';
import { createHttpRequest } from '#temporal/activities/http/http-request.js';
import {
  fillPort,
  HOSTILE_ADDRESSES,
  resolveToLoopback,
  URLS_AROUND,
  URLS_TO_LOOPBACK,
} from './addresses.js';

/** An agent at the URL, or one whose token is to be had there. */
const callAgent = (client: SafeClient, url: string, auth: AgentAuth = { type: 'none' }): Promise<unknown> =>
  createAgentCaller(client).call(
    {
      id: 'i',
      name: 'hostile',
      url,
      auth,
      timeoutMs: 5_000,
      retry: { attempts: 1, pauseMs: 0 },
      status: 'active',
    },
    { invocation: 'v', input: null, callback: { url: 'http://callback.example/', token: 't' } },
    contextOfStep(),
  );

/** Of what sends a request to a URL that somebody wrote. */
interface Way {
  readonly send: (client: SafeClient, url: string) => Promise<unknown>;
  /** What it says of a server that answers `reached`: nothing, or that this is no good answer. */
  readonly reached: string;
  /** What it says of a redirect, which it does not follow; absent where it does. */
  readonly redirected?: string;
}

/** The ways on which a URL that somebody wrote leaves Sluice: each sends a request, or throws. */
const WAYS: readonly (readonly [name: string, way: Way])[] = [
  [
    'the safe client',
    {
      send: (client, url) =>
        client.send({
          url,
          method: 'GET',
          headers: {},
          timeoutMs: 5_000,
          maxBytes: 1_000,
          signal: new AbortController().signal,
        }),
      reached: 'reached it',
    },
  ],
  [
    'a step http/request',
    {
      send: (client, url) => createHttpRequest(client)({ url, timeout: '5s' }, contextOfStep()),
      reached: 'reached it',
    },
  ],
  [
    'an agent',
    {
      send: (client, url) => callAgent(client, url),
      reached: 'agent-answer-invalid',
      redirected: 'agent-refused',
    },
  ],
  [
    'the token endpoint of an agent',
    {
      send: (client, tokenUrl) => {
        const asking = { type: 'oauth2', tokenUrl, clientId: 'c', secret: 'env:S', scopes: [] } as const;
        return callAgent(client, 'http://agent.example/', asking);
      },
      reached: 'agent-token-refused',
      redirected: 'agent-token-refused',
    },
  ],
];

describe.each(WAYS)('%s', (_, { send, reached, redirected }) => {
  let hits: string[] = [];
  const listener: RequestListener = (request, response) => {
    hits.push(request.url ?? '');
    const target = new URL(request.url ?? '', 'http://x').searchParams.get('to');
    if (target === null) response.end('reached');
    // As bytes of UTF-8, which HTTP does not know in a header, and servers send.
    else response.writeHead(302, { location: Buffer.from(target).toString('latin1') }).end();
  };
  const server = createServer(listener);
  let port = 0;

  beforeAll(async () => {
    // All addresses, so that whatever leads to this machine would reach it.
    await new Promise<void>((resolve) => server.listen(0, resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => void server.close().closeAllConnections());

  const codeOf = async (work: Promise<unknown>): Promise<string> => {
    const error: unknown = await work.then(
      () => 'reached it',
      (thrown: unknown) => thrown,
    );
    return isSluiceError(error) ? error.code : String(error);
  };
  const using = async <T>(
    options: Parameters<typeof createSafeClient>[0],
    work: (client: SafeClient) => Promise<T>,
  ): Promise<T> => {
    hits = [];
    const client = createSafeClient(options);
    return work(client).finally(() => client.close());
  };

  it.each(URLS_TO_LOOPBACK)('does not reach this machine by $what', async (row) => {
    const code = await using({ allow: [], resolve: resolveToLoopback }, (client) =>
      codeOf(send(client, fillPort(row, port))),
    );
    expect([code, hits]).toEqual([row.code, []]);
  });

  it.each([...URLS_TO_LOOPBACK, ...URLS_AROUND].filter(({ url }) => !url.includes('\n')))(
    'leads nowhere by a redirect to $what',
    async (row) => {
      const allow = ['door.example'];
      const resolve = resolveToLoopback;
      const code = await using({ allow, resolve }, (client) =>
        codeOf(send(client, `http://door.example:${port}/?to=${encodeURIComponent(fillPort(row, port))}`)),
      );
      // Read relative to the URL before it, one is a path there, and one has a host.
      if (redirected !== undefined) expect([code, hits.length]).toEqual([redirected, 1]);
      else if (code === 'reached it')
        expect(new URL(fillPort(row, port), 'http://door.example').host).toMatch(/^door\./);
      else expect([/^http-(address-refused|url-invalid)$/.test(code), hits.length]).toEqual([true, 1]);
    },
  );

  it.each(URLS_AROUND)('does not reach $what', async (row) => {
    const code = await using({ allow: ['127.0.0.0/8', '::1'] }, (client) => codeOf(send(client, row.url)));
    expect(code).toBe(row.code);
  });

  it.each(HOSTILE_ADDRESSES)(
    'believes no name that resolves to %s, alone or among others',
    async (address) => {
      const family = address.includes(':') ? 6 : 4;
      for (const others of [[], [{ address: '93.184.216.34', family: 4 }]]) {
        const resolve = async () => [...others, { address, family }];
        const code = await using({ allow: [], resolve }, (client) =>
          codeOf(send(client, `http://public.example:${port}/`)),
        );
        expect([code, hits]).toEqual(['http-address-refused', []]);
      }
    },
  );

  it('connects to what it checked, whatever the name says afterwards, and checks each time', async () => {
    const answers = ['127.0.0.1', '10.0.0.1', '169.254.169.254'];
    let asked = 0;
    const resolve = async () => [{ address: answers[asked++] ?? '', family: 4 }];
    const codes = await using({ allow: ['127.0.0.1'], resolve }, async (client) => {
      const url = (name: string) => `http://${name}.rebind.example:${port}/`;
      return [await codeOf(send(client, url('a'))), await codeOf(send(client, url('b')))];
    });
    expect([codes, asked, hits]).toEqual([[reached, 'http-address-refused'], 2, ['/']]);
  });

  it('says of no refusal what else the URL holds', async () => {
    const secret = 'hunter2-hunter2';
    for (const url of [
      `http://127.0.0.1:${port}/${secret}?a=${secret}`,
      `http://me:${secret}@public.example/`,
    ]) {
      const error: unknown = await using({ allow: [] }, (client) => send(client, url)).catch(
        (thrown) => thrown,
      );
      expect(JSON.stringify([error, String(error)])).not.toContain(secret);
    }
  });
});

function contextOfStep(): ActionContext {
  return {
    run: 'r',
    step: 's',
    attempt: 1,
    idempotencyKey: 'k',
    signal: new AbortController().signal,
    workspace: '',
    secrets: { resolve: async () => 'none' },
    secretValues: new Map(),
    whyStopped: () => undefined,
    logWritten: async () => undefined,
    log: () => undefined,
    mask: () => undefined,
    hide: (text) => text,
  };
}
