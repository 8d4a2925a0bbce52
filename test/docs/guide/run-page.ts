import type { Json } from '#domain/json.js';
import { formatJson } from './format-json.js';
import { type Exchange, type Message, type Page, readPage, writePage } from './read-page.js';
import { Refresher } from './refresh.js';
import { type Reply, sendMessage } from './send-message.js';

/** Where pages are run. */
export interface Surroundings {
  /** Of the API; of each of its processes in turn. */
  readonly url: () => string;
  /** Headers of requests that show none of these names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Shown as `default`. */
  readonly project: string;
  /** Addresses that stand in the pages, and what they are here. */
  readonly addresses: readonly (readonly [shown: string, here: string])[];
  /** Variables that no answer gives, asked for when they are used; nothing where it is not one of them. */
  readonly givenVariable: (name: string) => Promise<string | undefined>;
  /** How long a GET is asked again until it answers as the page shows, and where it shows nothing. */
  readonly patienceMs: { readonly shown: number; readonly fresh: number };
}

/** Headers that are shown of an answer; the type only where it is not JSON. */
const SHOWN_HEADERS = ['Location', 'ETag', 'Retry-After', 'WWW-Authenticate', 'Content-Type'];

/** Sends the requests of a page in their order; the page as it should stand, with what was answered. */
export async function runPage(text: string, surroundings: Surroundings): Promise<string> {
  const page = readPage(text);
  const visit = new Visit(surroundings);
  const parts: Page['parts'][number][] = [];
  for (const part of page.parts) {
    parts.push(typeof part === 'string' ? part : { ...part, answer: await visit.answer(part) });
  }
  return writePage({ parts });
}

class Visit {
  private readonly variables = new Map<string, string>();
  private readonly refresher = new Refresher();

  constructor(private readonly surroundings: Surroundings) {}

  async answer(exchange: Exchange): Promise<Message> {
    const request = await this.fillIn(exchange.request);
    const mayBeRepeated = /^GET \/(?!ws\/)/.test(request.first);
    const { shown, fresh } = this.surroundings.patienceMs;
    const patienceMs = exchange.answer === undefined ? fresh : shown;
    const end = Date.now() + (mayBeRepeated ? patienceMs : 0);
    for (;;) {
      const reply = await this.send(request);
      const answer = this.toMessage(reply, exchange.answer);
      if (Date.now() >= end || isSame(answer, exchange.answer)) {
        this.keep(exchange, reply);
        return answer;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  private async send(request: Message): Promise<Reply> {
    const reply = await sendMessage(this.surroundings.url(), request, this.surroundings.headers);
    return { ...reply, body: this.name(reply.body) };
  }

  private name(text: string): string {
    const { addresses, project } = this.surroundings;
    return addresses
      .reduce((named, [shown, here]) => named.replaceAll(here, shown), text)
      .replaceAll(project, 'default');
  }

  private toMessage(reply: Reply, shown: Message | undefined): Message {
    return {
      first: `HTTP/1.1 ${reply.status} ${reply.statusText}`,
      headers: SHOWN_HEADERS.flatMap((name) => {
        const value = reply.headers[name.toLowerCase()];
        if (value === undefined || (name === 'Content-Type' && isPlainJson(reply))) return [];
        const before = shown?.headers.find(([known]) => known === name)?.[1];
        return [[name, this.refresher.string(before, value)] as const];
      }),
      body: this.toBody(reply, shown?.body || undefined),
    };
  }

  private toBody({ body, headers }: Reply, shown: string | undefined): string {
    if (body === '') return '';
    if (!/[/+]json(;|$)/.test(headers['content-type'] ?? '')) return this.refresher.text(shown, body);
    return formatJson(this.refresher.json(readJson(shown), JSON.parse(body)));
  }

  private async fillIn({ first, headers, body }: Message): Promise<Message> {
    // What is none of ours is the shell's, which stands in bodies only.
    const fill = async (text: string, isBody = false) => {
      let filled = text;
      for (const [variable, name] of text.matchAll(/\$([A-Z][A-Z_]+)\b/g)) {
        const value = this.variables.get(name!) ?? (await this.surroundings.givenVariable(name!));
        if (value !== undefined) filled = filled.replace(variable, value);
        else if (!isBody) throw new Error(`${variable} is used, and no answer above it gave it`);
      }
      return this.surroundings.addresses.reduce(
        (sent, [shown, here]) => sent.replaceAll(shown, here),
        filled,
      );
    };
    return {
      first: await fill(first),
      headers: await Promise.all(headers.map(async ([name, value]) => [name, await fill(value)] as const)),
      body: await fill(body, true),
    };
  }

  private keep({ captures, request }: Exchange, reply: Reply): void {
    for (const { variable, from } of captures) {
      const value = reply.headers[from.toLowerCase()] ?? readMember(reply, from);
      if (value === undefined) throw new Error(`${request.first} answered without ${from}: ${reply.body}`);
      this.variables.set(variable, String(value));
    }
  }
}

function isPlainJson({ headers }: Reply): boolean {
  return /^application\/json(;|$)/.test(headers['content-type']!);
}

function readJson(text: string | undefined): Json | undefined {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `items[0].id` of the body; nothing where it is not there. */
function readMember({ body }: Reply, path: string): unknown {
  let value: unknown = readJson(body);
  for (const name of path.split(/[.[\]]+/).filter((part) => part !== '')) {
    value = (value as Record<string, unknown> | null | undefined)?.[name];
  }
  return value;
}

function isSame(answer: Message, shown: Message | undefined): boolean {
  return JSON.stringify(answer) === JSON.stringify(shown);
}
