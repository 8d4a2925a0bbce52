import type { RunStreamEvent } from '#contracts/rest/runs.js';

/** One event of a run's stream; after `id` it can be taken up again. It is written once for all who watch. */
export class LiveEvent {
  private block: string | undefined;
  private message: Buffer | undefined;

  /** @param json of the data; JSON.stringify leaves no end of a line in it */
  constructor(
    readonly event: RunStreamEvent,
    readonly id: string,
    private readonly json: string,
  ) {}

  /** Characters, roughly. */
  get size(): number {
    return this.json.length;
  }

  /** The same for a reader who has come elsewhere. */
  withId(id: string): LiveEvent {
    return id === this.id ? this : new LiveEvent(this.event, id, this.json);
  }

  /** HTML Living Standard, 9.2. */
  toServerSentEvent(): string {
    this.block ??= `id: ${this.id}\nevent: ${this.event}\ndata: ${this.json}\n\n`;
    return this.block;
  }

  /** One text message of a WebSocket. */
  toMessage(): Buffer {
    this.message ??= Buffer.from(`{"id":"${this.id}","event":"${this.event}","data":${this.json}}`);
    return this.message;
  }
}
