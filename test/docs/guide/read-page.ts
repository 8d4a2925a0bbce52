/** What stands in the first lines of a message, before its body. */
export interface Message {
  /** `POST /api/v1/workflows`, or `HTTP/1.1 201 Created`. */
  readonly first: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** `` `$RUN` is its `id` ``, in the words below an answer. */
interface Capture {
  readonly variable: string;
  /** A member, as `id` and `items[0].id`, or the name of a header, as `ETag`. */
  readonly from: string;
}

/** A request of a page, with the answer and what is kept of it. */
export interface Exchange {
  readonly request: Message;
  /** Of the request's first line in the page, from 1. */
  readonly line: number;
  readonly answer: Message | undefined;
  readonly captures: readonly Capture[];
}

/** A page, to be put together again: words, and exchanges in their places. */
export interface Page {
  readonly parts: readonly (string | Exchange)[];
}

/** An `http` block that is not an answer is a request; an answer stands right below its request. */
export function readPage(text: string): Page {
  const parts: (string | Exchange)[] = [];
  const blocks = [...text.matchAll(/^```http\n([\s\S]*?)^```\n/gm)];
  let from = 0;
  for (const [index, block] of blocks.entries()) {
    if (isAnswer(block[1]!)) continue;
    const follower = blocks[index + 1];
    let end = block.index + block[0].length;
    parts.push(text.slice(from, block.index));
    const line = text.slice(0, block.index).split('\n').length + 1;
    let answer: Message | undefined;
    if (follower && isAnswer(follower[1]!) && text.slice(end, follower.index).trim() === '') {
      answer = readMessage(follower[1]!);
      end = follower.index + follower[0].length;
    }
    from = end;
    const nextRequest = blocks.find((other) => other.index >= end && !isAnswer(other[1]!));
    const words = text.slice(end, nextRequest?.index);
    parts.push({ request: readMessage(block[1]!), line, answer, captures: readCaptures(words) });
  }
  return { parts: [...parts, text.slice(from)] };
}

export function exchangesOf({ parts }: Page): Exchange[] {
  return parts.filter((part) => typeof part !== 'string');
}

export function writePage({ parts }: Page): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      const answer = part.answer === undefined ? '' : `\n${writeBlock(part.answer)}`;
      return writeBlock(part.request) + answer;
    })
    .join('');
}

function isAnswer(text: string): boolean {
  return text.startsWith('HTTP/1.1 ');
}

function readMessage(text: string): Message {
  const [head = '', ...rest] = text.trimEnd().split('\n\n');
  const [first = '', ...headers] = head.split('\n');
  return {
    first,
    headers: headers.map((header) => {
      const [, name, value] = /^([\w-]+): (.*)$/.exec(header) ?? [];
      if (name === undefined) throw new Error(`not a header: ${header}`);
      return [name, value!] as const;
    }),
    body: rest.join('\n\n'),
  };
}

function writeBlock({ first, headers, body }: Message): string {
  const head = [first, ...headers.map(([name, value]) => `${name}: ${value}`)].join('\n');
  return `\`\`\`http\n${head}\n${body === '' ? '' : `\n${body}\n`}\`\`\`\n`;
}

function readCaptures(words: string): Capture[] {
  return [...words.matchAll(/`\$([A-Z][A-Z_]*)` is (?:its|the) `([^`]+)`/g)].map(([, variable, from]) => ({
    variable: variable!,
    from: from!,
  }));
}
