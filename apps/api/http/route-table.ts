import type { SluiceError } from '#domain/errors.js';
import type { ApiReply, ApiRequest } from './exchange.js';
import { problemError } from './problem.js';

/** Which methods each path has, to tell a wrong method from a wrong path. */
export class RouteTable {
  private readonly routes: { readonly path: RegExp; readonly methods: readonly string[] }[] = [];

  /** `url`: Fastify's pattern, `/runs/:id`. */
  add(methods: string | readonly string[], url: string): void {
    // A wildcard serves files, and all that it lacks is not found.
    if (url.includes('*')) return;
    const pattern = url
      .split(/(:[A-Za-z]+)/)
      .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')))
      .join('');
    this.routes.push({ path: new RegExp(`^${pattern}$`), methods: [methods].flat() });
  }

  /** `route-not-found`, or `method-not-allowed` with the header Allow. */
  refuse({ method, url }: Pick<ApiRequest, 'method' | 'url'>, reply: Pick<ApiReply, 'header'>): SluiceError {
    const methods = this.methodsOf(url.split('?', 1)[0]!).join(', ');
    if (methods === '') return problemError('route-not-found', 'There is nothing at this address.');
    reply.header('allow', methods);
    return problemError('method-not-allowed', `${method} is not allowed here; ${methods} is.`);
  }

  /** Methods of this path, without its query; empty for a path that does not exist. */
  methodsOf(path: string): string[] {
    const found = this.routes.filter((route) => route.path.test(path)).flatMap((route) => route.methods);
    return [...new Set(found)].sort();
  }
}
