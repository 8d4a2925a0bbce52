import { formatPath } from '../../definition/path.js';
import type { Spot } from '../../definition/tree.js';
import type { PlanActions } from '../../plan/action.js';
import type { FindingCode } from '../../validation/codes.js';
import type { Position } from '../../validation/finding.js';
import { atKey, FindingReport } from '../../validation/report.js';

/** Something that was decided while a document was taken over, and changes nothing of what it means. */
export interface Note extends Position {
  /** `decided`: one of several readings; `left-out`: says nothing of the run; `renamed`: an id or a name. */
  readonly kind: 'decided' | 'left-out' | 'renamed';
  /** As written in the source. */
  readonly path: string;
  readonly message: string;
}

export interface ConversionOptions {
  /** In place of a name that the document lacks. */
  readonly fallbackName?: string;
  /** Keys, as `normalizeKey` has them, that may be lost: they become notes in place of findings. */
  readonly leaveOut?: ReadonlySet<string>;
}

/** What one document is taken over with: where findings and notes go. */
export class Conversion {
  readonly report = new FindingReport();
  readonly notes: Note[] = [];

  constructor(
    readonly actions: PlanActions,
    readonly options: ConversionOptions = {},
  ) {}

  refuse(code: FindingCode, spot: Spot, message: string, hint: string): void {
    this.report.add(code, atKey(spot), message, hint);
  }

  note(kind: Note['kind'], spot: Spot, message: string): void {
    const { path, position } = atKey(spot);
    this.notes.push({ kind, path: formatPath(path), ...position, message });
  }

  mayLeaveOut(key: string): boolean {
    return this.options.leaveOut?.has(key) === true;
  }
}
