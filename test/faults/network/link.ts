import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What a link does with what is sent over it. `cut`: connections are reset, new ones too. `silent`: nothing arrives in
 * either direction, and nobody is told; what was sent comes when the link is open again, as TCP repeats it. `slow`:
 * everything is late.
 */
export type LinkState = 'open' | 'cut' | 'silent' | 'slow';

/** What `slow` adds, in each direction. */
const DELAY_MS = 300;

/** A way to a server, by a port of its own, that can be disturbed. */
export class Link {
  private state: LinkState = 'open';
  private audible: Promise<void> = Promise.resolve();
  private speak: () => void = () => undefined;
  private readonly sockets = new Set<Socket>();
  /** Connections that were reset; chunks that were kept back or late. */
  hits = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: { readonly host: string; readonly port: number },
  ) {
    server.on('connection', (near) => this.join(near));
  }

  /** @param target host and port */
  static async to(target: string): Promise<Link> {
    const { hostname, port } = new URL(`tcp://${target}`);
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Link(server, { host: hostname, port: Number(port) });
  }

  /** Host and port. */
  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  set(state: LinkState): void {
    this.speak();
    this.state = state;
    if (state === 'silent') this.audible = new Promise((resolve) => (this.speak = resolve));
    if (state === 'cut') this.resetAll();
  }

  async close(): Promise<void> {
    this.set('cut');
    await new Promise((resolve) => this.server.close(resolve));
  }

  private resetAll(): void {
    for (const socket of this.sockets) {
      this.hits++;
      socket.resetAndDestroy();
    }
  }

  private join(near: Socket): void {
    const far = connect({ ...this.target, allowHalfOpen: true });
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      // Its close follows.
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
    }
    this.carry(near, far);
    this.carry(far, near);
    if (this.state === 'cut') {
      this.hits++;
      near.resetAndDestroy();
    }
  }

  /** In the order in which it was sent, whatever the link does meanwhile. */
  private carry(from: Socket, to: Socket): void {
    let queue = Promise.resolve();
    const pass = (step: () => void) => {
      const late = this.state === 'slow';
      if (this.state !== 'open') this.hits++;
      queue = queue
        .then(() => (late ? sleep(DELAY_MS) : undefined))
        .then(() => this.audible)
        .then(() => {
          if (!to.destroyed) step();
        });
    };
    from.on('data', (chunk) => pass(() => to.write(chunk)));
    from.on('end', () => pass(() => to.end()));
    from.on('close', () => pass(() => to.destroySoon()));
  }
}
