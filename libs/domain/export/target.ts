import type { Definition } from '../definition/definition.js';
import { formatPath, type Path } from '../definition/path.js';
import { descend, type Spot } from '../definition/tree.js';
import type { Note } from '../front-ends/steps/conversion.js';
import type { JsonObject } from '../json.js';
import { atKey, FindingReport } from '../validation/report.js';

/** One language in which a definition may be written again: a row of the table. */
export interface ExportTarget {
  /** Whether the document must come to the very same Plan; else its reader must take it. */
  readonly comparesPlans: boolean;
  /**
   * The definition as a document of that language. What it has no words for is refused; whether the rest is kept is
   * found out by reading the document again.
   * @param plain steps that are to be written as near to the definition as can be, not as people would write them
   */
  write(definition: Definition, writing: Writing, plain: ReadonlySet<string>): JsonObject;
}

/** One attempt to write a definition: where findings and notes go. */
export class Writing {
  readonly report = new FindingReport();
  readonly notes: Note[] = [];
  /** Where each step stands in the definition. */
  readonly paths = new Map<string, Path>();

  /** @param root of the definition's own text; where absent, lines are not known */
  constructor(private readonly root: Spot | undefined) {}

  /** The language has no words for what stands at `path`. */
  refuse(path: Path | undefined, message: string, hint: string): void {
    this.report.add('export-unsupported', this.locate(path), message, hint);
  }

  /** What stands at `path` would mean something else. */
  refuseChanged(path: Path | undefined, message: string): void {
    this.report.add(
      'export-not-kept',
      this.locate(path),
      message,
      'Write this part in simpler terms, or keep the definition in the language it is in.',
    );
  }

  note(kind: Note['kind'], path: Path | undefined, message: string): void {
    this.notes.push({ kind, path: formatPath(path), ...this.locate(path).position, message });
  }

  private locate(path: Path | undefined) {
    const keys: (string | number)[] = [];
    for (let at = path; at !== undefined; at = at.parent) keys.push(at.key);
    if (this.root === undefined) return { path, position: { line: 1, column: 1 } };
    return { path, position: atKey(descend(this.root, keys.reverse())).position };
  }
}

export function below(path: Path | undefined, ...keys: readonly (string | number)[]): Path {
  return keys.reduce<Path | undefined>((parent, key) => ({ parent, key }), path)!;
}
