import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The agent that the pages call: takes any work on, and leaves it to the page to answer. */
export class TestAgent {
  private readonly called = Promise.withResolvers<{ invocation: string; callback: { token: string } }>();
  private readonly server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (request.method === 'POST') this.called.resolve(JSON.parse(Buffer.concat(parts).toString()));
      response.writeHead(request.method === 'POST' ? 202 : 200, { 'content-type': 'application/json' });
      response.end('{}');
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What the agent alone knows, once it was called: `INVOCATION`, `INVOCATION_TOKEN`. */
  async tell(variable: string): Promise<string | undefined> {
    if (variable === 'INVOCATION') return (await this.called.promise).invocation;
    if (variable === 'INVOCATION_TOKEN') return (await this.called.promise).callback.token;
    return undefined;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
