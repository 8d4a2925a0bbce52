/** What sources of metrics reach, handed in by who collects. */
export interface MetricWorld {
  /** The way out; absent where there is none. */
  readonly send?: SendRequest;
  /** The secret behind a reference. Throws SluiceError where there is none. */
  readonly resolveSecret: (reference: string) => Promise<string>;
  /** From now on this value is hidden. */
  readonly mask: (secret: string) => void;
  /** The text without secrets. */
  readonly hide: (text: string) => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Sends a request, whose every status is an answer. Throws a SluiceError where there is no answer. */
export type SendRequest = (request: MetricRequest) => Promise<MetricResponse>;

export interface MetricRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  /** Headers that hold secrets, and go to the first origin only. */
  readonly secretHeaders: readonly string[];
  readonly body?: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface MetricResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}
