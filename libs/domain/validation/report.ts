import { formatPath, type Path } from '../definition/path.js';
import type { Spot } from '../definition/tree.js';
import type { FindingCode } from './codes.js';
import type { Finding, Position } from './finding.js';

/** Findings beyond this are counted, not shown. */
const MAX_FINDINGS = 500;

export interface Where {
  readonly path: Path | undefined;
  readonly position: Position;
}

/** What to write instead; a function where finding it out takes time. */
export type Hint = string | (() => string);

interface Draft extends Where {
  readonly code: FindingCode;
  readonly message: string;
  readonly hint: Hint;
}

/** Gathers findings in any order; hands them out in the order of the text. */
export class FindingReport {
  private readonly drafts: Draft[] = [];

  add(code: FindingCode, where: Where, message: string, hint: Hint): void {
    this.drafts.push({ code, path: where.path, position: where.position, message, hint });
  }

  get isEmpty(): boolean {
    return this.drafts.length === 0;
  }

  list(): Finding[] {
    const sorted = this.drafts.toSorted(
      (a, b) => a.position.line - b.position.line || a.position.column - b.position.column,
    );
    const findings = sorted.slice(0, MAX_FINDINGS).map(toFinding);
    const omitted = sorted[MAX_FINDINGS];
    if (omitted !== undefined) {
      findings.push(
        toFinding({
          code: 'findings-omitted',
          path: undefined,
          position: omitted.position,
          message: `${sorted.length - MAX_FINDINGS} more findings from here on are not shown.`,
          hint: 'Correct those shown and try again.',
        }),
      );
    }
    return findings;
  }
}

function toFinding({ code, path, position, message, hint }: Draft): Finding {
  return {
    code,
    severity: 'error',
    path: formatPath(path),
    line: position.line,
    column: position.column,
    message,
    hint: typeof hint === 'string' ? hint : hint(),
  };
}

/** The key of a value, or the value itself where it has none. */
export function atKey(spot: Spot): Where {
  return { path: spot.path, position: spot.keyPosition ?? spot.node.position };
}

export function atValue(spot: Spot): Where {
  return { path: spot.path, position: spot.node.position };
}

/** A key that is missing from a map: its path, at the map's own key. */
export function atMissing(map: Spot, key: string): Where {
  return { path: { parent: map.path, key }, position: map.keyPosition ?? map.node.position };
}
