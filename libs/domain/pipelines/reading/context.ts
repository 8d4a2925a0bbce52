import type { Place } from '../pipeline.js';
import { Refusal, UNREAD_CODES, type Unread, type UnreadCode } from '../unread.js';

/** The files of a repository: their names, and the texts of those that were wanted. */
export interface PipelineFiles {
  readonly files: readonly string[];
  readonly texts: ReadonlyMap<string, string>;
}

/** Characters of one file. */
const MAX_TEXT = 512 * 1024;
/** What it costs to go into a file that is included, called or used. */
export const FILE_COST = 50;
/** Values of one pipeline file with all that it includes. */
const MAX_WORK = 400_000;
const MAX_NOTES = 500;
export const MAX_JOBS = 2_000;
export const MAX_DEPTH = 100;

/** What the reading of one file of a pipeline has at hand: the other files, its budget, and its notes. */
export class Reading {
  readonly unread: Unread[] = [];
  /** Files that are there, but whose text was not handed in. */
  readonly missing = new Set<string>();
  /** Files that were read, the first one included. */
  readonly included = new Set<string>();
  /** Values that were looked at. */
  work = 0;
  private readonly paths: ReadonlySet<string>;

  constructor(
    private readonly repository: PipelineFiles,
    readonly file: string,
    paths?: ReadonlySet<string>,
  ) {
    this.paths = paths ?? new Set(repository.files);
  }

  /** Throws Refusal where the budget is spent. */
  spend(amount: number, place: Place): void {
    this.work += amount;
    if (this.work > MAX_WORK) throw new Refusal('expansion-too-large', place);
  }

  note(code: UnreadCode, place: Place, message: string = UNREAD_CODES[code]): void {
    if (this.unread.length < MAX_NOTES) this.unread.push({ code, place, message });
    else if (this.unread.length === MAX_NOTES)
      this.unread.push({ code: 'notes-omitted', place, message: UNREAD_CODES['notes-omitted'] });
  }

  /** Why the file as a whole was not read; told however many notes there are. */
  noteRefusal({ code, place, message }: Refusal): void {
    this.unread.push({ code, place, message });
  }

  has(path: string): boolean {
    return this.paths.has(path);
  }

  list(): readonly string[] {
    return this.repository.files;
  }

  /** Throws Refusal where there is none that can be read. */
  text(path: string, from: Place): string {
    const text = this.repository.texts.get(path);
    const place = path === this.file ? from : { file: path, line: 1, column: 1 };
    if (text === undefined) {
      if (!this.has(path)) throw new Refusal('reference-missing', from, `${path} is not there.`);
      this.missing.add(path);
      throw new Refusal('text-absent', place);
    }
    if (text.length > MAX_TEXT) throw new Refusal('text-too-large', place);
    this.included.add(path);
    return text;
  }

  /** What `work` answers; where it refuses, a note and nothing. */
  attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Refusal) || error.code === 'expansion-too-large') throw error;
      this.note(error.code, error.place, error.message);
      return undefined;
    }
  }
}

export function startOf(file: string): Place {
  return { file, line: 1, column: 1 };
}
