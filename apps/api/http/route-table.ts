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

  /** Methods of this path, without its query; empty for a path that does not exist. */
  methodsOf(path: string): string[] {
    const found = this.routes.filter((route) => route.path.test(path)).flatMap((route) => route.methods);
    return [...new Set(found)].sort();
  }
}
