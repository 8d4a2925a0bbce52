import type { Outline } from '../definition/outline.js';
import { formatPath, quote } from '../definition/path.js';
import { atKey, type FindingReport } from './report.js';

/** Stages and steps share one space of ids, so that `steps.<id>` means one thing wherever it stands. */
export function checkIds(outline: Outline, report: FindingReport): void {
  const first = new Map<string, string>();
  for (const { id, spot } of outline.nodes) {
    const known = first.get(id);
    if (known === undefined) {
      first.set(id, `${formatPath(spot.path)} at line ${atKey(spot).position.line}`);
    } else {
      report.add(
        'id-duplicate',
        atKey(spot),
        `The id ${quote(id)} is taken by ${known}.`,
        'Rename one of them.',
      );
    }
  }
}
