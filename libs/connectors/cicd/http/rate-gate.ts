import { readRetryAfter } from '#contracts/http-status.js';
import type { SafeResponse } from '../../http/safe-client.js';
import type { Connection } from '../connection.js';
import type { RateLimit } from '../platform.js';
import { pause } from './pause.js';
import { createRateLimited } from './refusal.js';

/** What a platform's headers and answers tell of its limits. */
export interface LimitManners {
  /** As messages name it: `GitHub`. */
  readonly title: string;
  /** What the headers of an answer tell of the limit. */
  readLimit?(headers: SafeResponse['headers']): RateLimit | undefined;
  /**
   * Milliseconds to wait before the request is sent again, where an answer of failure means that a limit is reached;
   * 429, and 503 with a Retry-After, mean it by themselves.
   */
  readWait?(response: SafeResponse, now: number): number | undefined;
}

/** How long one call may still wait for limits. */
export interface Patience {
  leftMs: number;
}

/** Keys of Connection.memory. */
const LIMIT = 'rate-limit';
const GATE = 'rate-gate';
const STRIKES = 'rate-strikes';

/** Room between the platform's clock and ours. */
const SPARE_MS = 250;
/** Where a platform does not say how long: the first pause, which doubles up to the last. */
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 60_000;
const LONGEST_MS = 3_600_000;

/** The limits of an integration: what is sent while one is reached waits for its end, whoever sends it. */
export class RateGate {
  constructor(
    private readonly connection: Connection,
    private readonly manners: LimitManners,
  ) {}

  /** As the last answer told it. */
  get limit(): RateLimit | undefined {
    return this.connection.memory.get(LIMIT) as RateLimit | undefined;
  }

  /** Throws SluiceError `platform-rate-limited` where it would take more than the patience that is left, and `canceled`. */
  async pass(patience: Patience): Promise<void> {
    const { memory } = this.connection;
    const wait = Number(memory.get(GATE) ?? 0) - Date.now();
    if (wait <= 0) return;
    const { title } = this.manners;
    if (wait > patience.leftMs) throw createRateLimited(title, wait);
    patience.leftMs -= wait;
    this.connection.waits(`${title} lets the integration ask no more for ${Math.ceil(wait / 1000)} s.`, wait);
    await pause(wait, this.connection.signal);
  }

  /**
   * Whether an answer means that a limit is reached, and nothing was done: then it is asked again, once the gate is open.
   * @param mayRepeat whether what was asked is safe to be done twice
   */
  note(response: SafeResponse, mayRepeat: boolean): boolean {
    const { memory } = this.connection;
    const limit = this.manners.readLimit?.(response.headers);
    if (limit !== undefined) memory.set(LIMIT, limit);
    const isFailure = response.status >= 400;
    const wait = isFailure ? this.readWait(response, limit, mayRepeat) : undefined;
    if (wait !== undefined) {
      this.close(wait);
      return true;
    }
    if (!isFailure) memory.delete(STRIKES);
    // The next one would be refused: some count those that come nevertheless, and close for longer.
    const rest = limit?.remaining === 0 ? msUntilReset(limit, response) : undefined;
    if (rest !== undefined) this.close(rest);
    return false;
  }

  private readWait(
    response: SafeResponse,
    limit: RateLimit | undefined,
    mayRepeat: boolean,
  ): number | undefined {
    const own = this.manners.readWait?.(response, Date.now());
    if (own !== undefined) return own;
    const after = readRetryAfter(response.headers['retry-after']);
    if (response.status === 503) return mayRepeat ? after : undefined;
    if (response.status !== 429) return undefined;
    return after ?? (limit === undefined ? undefined : msUntilReset(limit, response)) ?? this.guess();
  }

  /** Longer each time that the platform had not had enough of a pause. */
  private guess(): number {
    const { memory } = this.connection;
    const isClosed = Number(memory.get(GATE) ?? 0) > Date.now();
    const strikes = Number(memory.get(STRIKES) ?? 0);
    if (isClosed) return 0;
    memory.set(STRIKES, strikes + 1);
    return Math.min(FIRST_PAUSE_MS * 2 ** strikes, LAST_PAUSE_MS);
  }

  private close(ms: number): void {
    const { memory } = this.connection;
    const until = Date.now() + Math.min(Math.max(ms, 0), LONGEST_MS) + SPARE_MS;
    memory.set(GATE, Math.max(Number(memory.get(GATE) ?? 0), until));
  }
}

/** By the platform's own clock, where it tells. Undefined: it is over. */
function msUntilReset({ resetsAt }: RateLimit, { headers }: SafeResponse): number | undefined {
  if (resetsAt === undefined) return undefined;
  const theirs = Date.parse(headers['date'] ?? '');
  const ms = resetsAt - (Number.isNaN(theirs) ? Date.now() : theirs);
  return ms > 0 ? ms : undefined;
}
