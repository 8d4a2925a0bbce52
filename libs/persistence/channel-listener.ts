import { Client } from 'pg';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/** What a listener is told: the id of what changed, or (null) anything may have, unheard. */
type ChangeHandler = (id: string | null) => void;

/** One connection that hears of all that is told on a channel; it comes back by itself when it is lost. */
export class ChannelListener {
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private pause = FIRST_PAUSE_MS;
  private closed = false;

  constructor(
    private readonly url: string,
    private readonly channel: string,
    private readonly onChange: ChangeHandler,
  ) {}

  /** Returns once it listens, or once the first try failed; then it goes on trying. */
  async start(): Promise<void> {
    const client = new Client({
      connectionString: this.url,
      application_name: 'sluice-listener',
      keepAlive: true,
    });
    this.client = client;
    client.on('notification', (message) => this.onChange(message.payload ?? null));
    client.on('error', () => this.restart(client));
    client.on('end', () => this.restart(client));
    try {
      await client.connect();
      await client.query(`LISTEN ${this.channel}`);
      this.pause = FIRST_PAUSE_MS;
      this.onChange(null);
    } catch {
      this.restart(client);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private restart(lost: Client): void {
    if (this.closed || this.client !== lost) return;
    this.client = undefined;
    lost.end().catch(() => undefined);
    this.timer = setTimeout(() => void this.start(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
  }
}
