/** One event as the field names of the stream have it. */
export interface ServerSentEvent {
  /** `message` when the server named none. */
  readonly event: string;
  readonly data: string;
  /** The last id seen so far, on this or an earlier event. */
  readonly id?: string;
}

/** Characters of one event; more than any run's view may have, and a bound for what a hostile server can make us hold. */
const EVENT_LIMIT = 16 * 1024 * 1024;

/**
 * Reads a `text/event-stream` (HTML Living Standard, 9.2.6). An event that the stream's end cuts is dropped.
 * `onReconnectionTime` hears the server's `retry` in milliseconds. Throws RangeError for an event over 16 Mi characters.
 */
export async function* parseEventStream(
  chunks: AsyncIterable<Uint8Array>,
  onReconnectionTime: (ms: number) => void = () => {},
): AsyncGenerator<ServerSentEvent> {
  let pending: { event?: string; data?: string } = {};
  let id: string | undefined;
  for await (const line of readLines(chunks)) {
    if (line === '') {
      if (pending.data !== undefined) {
        yield { event: pending.event ?? 'message', data: pending.data, ...(id !== undefined && { id }) };
      }
      pending = {};
      continue;
    }
    const { name, value } = splitField(line);
    if (name === 'data') {
      pending.data = pending.data === undefined ? value : `${pending.data}\n${value}`;
      requireSize(pending.data);
    } else if (name === 'event' && value !== '') {
      pending.event = value;
    } else if (name === 'id' && !value.includes('\0')) {
      id = value;
    } else if (name === 'retry' && /^[0-9]+$/.test(value)) {
      onReconnectionTime(Number(value));
    }
  }
}

/** A comment (`: …`) has the empty name, which means nothing. */
function splitField(line: string): { name: string; value: string } {
  const colon = line.indexOf(':');
  if (colon === -1) {
    return { name: line, value: '' };
  }
  const value = line.slice(colon + 1);
  return { name: line.slice(0, colon), value: value.startsWith(' ') ? value.slice(1) : value };
}

/** Lines end with CR LF, LF or CR; a CR LF may be cut between two chunks. */
async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let afterReturn = false;
  for await (const chunk of chunks) {
    let text = decoder.decode(chunk, { stream: true });
    if (text === '') {
      continue;
    }
    if (afterReturn && text.startsWith('\n')) {
      text = text.slice(1);
    }
    afterReturn = text === '' ? false : text.endsWith('\r');
    const lines = (rest + text).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? '';
    requireSize(rest);
    yield* lines;
  }
}

function requireSize(text: string): void {
  if (text.length > EVENT_LIMIT) {
    throw new RangeError(`an event of the stream is longer than ${EVENT_LIMIT} characters`);
  }
}
