/** Of one element. */
const MAX_ATTRIBUTES = 64;

const [TAB, LINE, RETURN, SPACE] = [0x09, 0x0a, 0x0d, 0x20];
const [QUOTE, AMPERSAND, APOSTROPHE, SLASH] = [0x22, 0x26, 0x27, 0x2f];
const [LESS, EQUALS, GREATER] = [0x3c, 0x3d, 0x3e];

/** The tag that was read last; one object for all of them, since a large report has millions. */
export class XmlTag {
  /** As it is written, with its prefix. */
  name = '';
  /** `<a/>`: it ends where it begins. */
  isEmpty = false;
  readonly names: string[] = [];
  /** As they are written, entities and all. */
  readonly values: string[] = [];

  constructor(private readonly document: string) {}

  /** @param at behind the `<`. Answers with what follows the tag. Throws Error with what is wrong. */
  read(at: number): number {
    const end = this.skipName(at);
    if (end === at) throw new Error(`an element has no name${this.where(at)}`);
    this.name = this.document.slice(at, end);
    this.names.length = 0;
    this.values.length = 0;
    let next = end;
    for (;;) {
      const begin = this.skipSpace(next);
      const code = this.document.charCodeAt(begin);
      if (code === GREATER) {
        this.isEmpty = false;
        return begin + 1;
      }
      if (code === SLASH) {
        if (this.document.charCodeAt(begin + 1) !== GREATER) throw this.createMalformed(begin);
        this.isEmpty = true;
        return begin + 2;
      }
      if (begin === next) throw this.createMalformed(begin);
      next = this.readAttribute(begin);
    }
  }

  /** Behind the end tag of an element, -1 where it is not its. @param at behind the `</` */
  readEnd(at: number, name: string | undefined): number {
    if (name === undefined || !this.document.startsWith(name, at)) return -1;
    const end = this.skipSpace(at + name.length);
    return this.document.charCodeAt(end) === GREATER ? end + 1 : -1;
  }

  private readAttribute(at: number): number {
    const { document, names } = this;
    const end = this.skipName(at);
    const equals = this.skipSpace(end);
    if (end === at || document.charCodeAt(equals) !== EQUALS) throw this.createMalformed(at);
    const begin = this.skipSpace(equals + 1);
    const quote = document.charCodeAt(begin);
    if (quote !== QUOTE && quote !== APOSTROPHE) throw this.createMalformed(at);
    const close = document.indexOf(quote === QUOTE ? '"' : "'", begin + 1);
    if (close < 0) throw this.createMalformed(at);
    const value = document.slice(begin + 1, close);
    if (value.includes('<')) throw this.createMalformed(at);
    const name = document.slice(at, end);
    if (names.includes(name)) throw new Error(`${this.shown} has an attribute twice${this.where(at)}`);
    if (names.length >= MAX_ATTRIBUTES) {
      throw new Error(`${this.shown} has more than ${MAX_ATTRIBUTES} attributes${this.where(at)}`);
    }
    names.push(name);
    this.values.push(value);
    return close + 1;
  }

  private skipName(at: number): number {
    let end = at;
    while (isOfName(this.document.charCodeAt(end))) end += 1;
    return end;
  }

  private skipSpace(at: number): number {
    let end = at;
    while (isSpace(this.document.charCodeAt(end))) end += 1;
    return end;
  }

  private get shown(): string {
    return `<${this.name.slice(0, 100)}>`;
  }

  private createMalformed(at: number): Error {
    return new Error(`${this.shown} is not well-formed${this.where(at)}`);
  }

  private where(at: number): string {
    return ` (line ${this.document.slice(0, at).split('\n').length})`;
  }
}

function isSpace(code: number): boolean {
  return code === SPACE || code === LINE || code === TAB || code === RETURN;
}

/** Anything but space, what marks have a meaning in a tag, and the end of the document, whose code is no number. */
function isOfName(code: number): boolean {
  return !(
    code <= SPACE ||
    code === GREATER ||
    code === EQUALS ||
    code === SLASH ||
    code === QUOTE ||
    code === APOSTROPHE ||
    code === LESS ||
    code === AMPERSAND ||
    Number.isNaN(code)
  );
}
