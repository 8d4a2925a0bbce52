import type { Outline, OutlineIndex } from '../definition/outline.js';
import { quote } from '../definition/path.js';
import { atKey, type FindingReport } from './report.js';

/**
 * Checks that whoever holds something waits for nothing more: a step takes all that it claims at once, nothing inside
 * it claims anything, and no run that it calls can. So no circle of steps that wait for one another can arise.
 */
export function checkClaims(outline: Outline, report: FindingReport): void {
  for (const [index, { id, kind, claims }] of outline.nodes.entries()) {
    if (claims === undefined && kind !== 'workflow') continue;
    const holder = findHolder(outline, index);
    if (claims !== undefined && holder !== undefined) {
      report.add(
        'claims-nested',
        atKey(claims),
        `${quote(id)} stands inside ${quote(holder)}, which holds what it claims until it is over.`,
        `Claim all of it at once in ${quote(holder)}, or nothing there.`,
      );
    } else if (kind === 'workflow' && (claims !== undefined || holder !== undefined)) {
      report.add(
        'claims-nested',
        atKey(claims ?? outline.nodes[index]!.spot),
        `The run that ${quote(id)} starts may claim something itself, while ${quote(holder ?? id)} holds its own.`,
        'Claim it in the steps of the workflow that is called.',
      );
    }
  }
}

/** The nearest step around that claims something. */
function findHolder(outline: Outline, index: OutlineIndex): string | undefined {
  const { blocks, nodes } = outline;
  let at = blocks[nodes[index]!.block]!.owner;
  while (at !== undefined && nodes[at]!.claims === undefined) at = blocks[nodes[at]!.block]!.owner;
  return at === undefined ? undefined : nodes[at]!.id;
}
