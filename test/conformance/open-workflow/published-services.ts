import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The services that the kit's scenarios call, as far as they do, on this machine: shapes and statuses as published. */
export class PublishedServices {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async open(): Promise<PublishedServices> {
    const server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new PublishedServices(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  /** A definition in which the services are these. */
  rewrite(definition: string): string {
    return definition
      .replaceAll('https://petstore.swagger.io', this.url)
      .replaceAll('https://httpbin.org', this.url);
  }

  async close(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url!, `http://${request.headers.host}`);
  const send = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  if (url.pathname === '/v2/swagger.json') return send(200, describePetstore(request.headers.host!));
  if (url.pathname === '/v2/pet/findByStatus')
    return send(
      200,
      [1, 2].map((id) => pet(id, url.searchParams.get('status') ?? '')),
    );
  const one = /^\/v2\/pet\/(\d+)$/.exec(url.pathname);
  if (one !== null) return send(200, pet(Number(one[1]), 'available'));
  const login = /^\/basic-auth\/([^/]+)\/([^/]+)$/.exec(url.pathname);
  if (login !== null) {
    const wanted = `Basic ${Buffer.from(`${login[1]}:${login[2]}`).toString('base64')}`;
    if (request.headers.authorization !== wanted) return send(401, {});
    return send(200, { authenticated: true, user: login[1] });
  }
  return send(404, { code: 404, type: 'unknown', message: 'null for uri' });
}

function pet(id: number, status: string) {
  return { id, name: `pet ${id}`, photoUrls: [], tags: [], status };
}

function describePetstore(host: string) {
  const produces = ['application/json'];
  return {
    swagger: '2.0',
    info: { title: 'Swagger Petstore', version: '1.0.7' },
    host,
    basePath: '/v2',
    schemes: ['http'],
    paths: {
      '/pet/findByStatus': {
        get: {
          operationId: 'findPetsByStatus',
          produces,
          parameters: [
            {
              name: 'status',
              in: 'query',
              required: true,
              type: 'array',
              items: { type: 'string' },
              collectionFormat: 'multi',
            },
          ],
          responses: { 200: { description: 'successful operation' } },
        },
      },
      '/pet/{petId}': {
        get: {
          operationId: 'getPetById',
          produces,
          parameters: [{ name: 'petId', in: 'path', required: true, type: 'integer', format: 'int64' }],
          responses: { 200: { description: 'successful operation' } },
        },
      },
    },
  };
}
