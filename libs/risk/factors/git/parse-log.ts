import type { FileChange } from './file-change.js';

export interface LoggedCommit {
  readonly id: string;
  readonly parents: readonly string[];
  /** Committed; seconds since the epoch. */
  readonly at: number;
  /** Written by the author, who may have waited with it. */
  readonly writtenAt: number;
  /** Minutes east of Greenwich, by the author's clock; undefined where it says none that there is. */
  readonly utcOffset: number | undefined;
  readonly author: { readonly name: string; readonly mail: string };
  readonly message: string;
  readonly files: readonly FileChange[];
}

/** With `-z` and `--date=raw`; fields end with NUL, which no message can hold. */
export const LOG_FORMAT = '--format=%H%x00%P%x00%ct%x00%ad%x00%aN%x00%aE%x00%B%x00';

const FIELDS = 7;
const RAW = /^:(\d{6}) (\d{6}) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\d*$/;
const NUMBERS = /^(\d+|-)\t(\d+|-)\t([\s\S]*)$/;
/** That of the Line Islands, which nobody is east of. */
const MAX_OFFSET = 14 * 60;
const ID = /^[0-9a-f]{40,64}$/;

/** Commits out of `git log -z --raw [--numstat]` with `LOG_FORMAT`, each as soon as it is read. */
export async function* parseLog(output: AsyncIterable<Buffer>): AsyncGenerator<LoggedCommit, void, void> {
  let header: string[] = [];
  let files = new FileReader();
  for await (const tokens of splitNul(output)) {
    for (const token of tokens) {
      if (header.length > 0 && header.length < FIELDS) {
        header.push(token);
        continue;
      }
      if (header.length === FIELDS && !files.isWaiting && ID.test(token)) {
        yield toCommit(header, files.end());
        header = [];
        files = new FileReader();
      }
      if (header.length === 0) {
        if (ID.test(token)) header.push(token);
      } else files.push(token);
    }
  }
  if (header.length === FIELDS) yield toCommit(header, files.end());
}

/** Files out of `git diff-tree -r -z --raw --numstat`. */
export async function parseDiff(output: AsyncIterable<Buffer>): Promise<readonly FileChange[]> {
  const files = new FileReader();
  for await (const tokens of splitNul(output)) for (const token of tokens) files.push(token);
  return files.end();
}

type Raw = Omit<FileChange, 'lines' | 'binary'>;

/** The raw entries come first, then the numbers. */
class FileReader {
  private readonly raw: Raw[] = [];
  private readonly numbers = new Map<string, readonly [added: string, deleted: string]>();
  private open: { readonly match: RegExpExecArray; readonly paths: string[] } | undefined;
  /** Of a renamed file: both its paths follow its numbers. */
  private renamed: { readonly numbers: readonly [string, string]; seen: number } | undefined;

  /** Paths are still to come: nothing else than a path can be next. */
  get isWaiting(): boolean {
    return this.open !== undefined || this.renamed !== undefined;
  }

  push(token: string): void {
    if (this.open !== undefined) {
      this.addPath(this.open, token);
      return;
    }
    if (this.renamed !== undefined) {
      this.renamed.seen += 1;
      if (this.renamed.seen < 2) return;
      this.numbers.set(token, this.renamed.numbers);
      this.renamed = undefined;
      return;
    }
    const text = token.startsWith('\n') ? token.slice(1) : token;
    const raw = RAW.exec(text);
    if (raw !== null) {
      this.open = { match: raw, paths: [] };
      return;
    }
    const numbers = NUMBERS.exec(text);
    if (numbers === null) return;
    const [, added = '', deleted = '', path = ''] = numbers;
    if (path === '') this.renamed = { numbers: [added, deleted], seen: 0 };
    else this.numbers.set(path, [added, deleted]);
  }

  end(): readonly FileChange[] {
    return this.raw.map((each) => {
      const [added, deleted] = this.numbers.get(each.path) ?? [];
      if (added === undefined || deleted === undefined) return { ...each, binary: false };
      if (added === '-') return { ...each, binary: true };
      return { ...each, lines: { added: Number(added), deleted: Number(deleted) }, binary: false };
    });
  }

  private addPath({ match, paths }: { match: RegExpExecArray; paths: string[] }, path: string): void {
    paths.push(path);
    const [, before = '', after = '', old = '', present = '', status = ''] = match;
    if (paths.length < (status === 'R' || status === 'C' ? 2 : 1)) return;
    this.open = undefined;
    this.raw.push({
      status,
      path: paths.at(-1)!,
      ...(status === 'R' && { from: paths[0]! }),
      modes: [before, after],
      blobs: [old, present],
    });
  }
}

function toCommit(header: readonly string[], files: readonly FileChange[]): LoggedCommit {
  const [id = '', parents = '', at = '', written = '', name = '', mail = '', message = ''] = header;
  const [writtenAt = '', zone = ''] = written.split(' ');
  return {
    id,
    parents: parents === '' ? [] : parents.split(' '),
    at: Number(at) || 0,
    writtenAt: Number(writtenAt) || 0,
    utcOffset: parseZone(zone),
    author: { name: decodeBytes(name), mail: decodeBytes(mail) },
    message,
    files,
  };
}

export function parseZone(zone: string): number | undefined {
  const [, sign, hours, minutes] = /^([+-])(\d\d)([0-5]\d)$/.exec(zone) ?? [];
  if (sign === undefined) return undefined;
  const offset = 60 * Number(hours) + Number(minutes);
  if (offset > MAX_OFFSET) return undefined;
  return sign === '-' ? -offset : offset;
}

/** A text of one character per byte as people read it. */
export function decodeBytes(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

async function* splitNul(output: AsyncIterable<Buffer>): AsyncGenerator<readonly string[], void, void> {
  let rest = '';
  for await (const bytes of output) {
    const texts = (rest + bytes.toString('latin1')).split('\0');
    rest = texts.pop() ?? '';
    yield texts;
  }
}
