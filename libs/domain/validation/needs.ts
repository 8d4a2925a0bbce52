import type { Outline, OutlineBlock, OutlineIndex } from '../definition/outline.js';
import { quote } from '../definition/path.js';
import { findCycles } from '../graph/cycle.js';
import { suggest } from './nearest.js';
import { atKey, atValue, type FindingReport } from './report.js';

/** Longer circles are shown without their middle. */
const SHOWN = 12;

/** What each node of the outline waits for, directly, in its block. */
export type Needs = readonly (readonly OutlineIndex[])[];

/** Checks `needs` against the nodes beside, names circles, and answers with the edges that hold. */
export function checkNeeds(outline: Outline, report: FindingReport): Needs {
  const needs: (readonly OutlineIndex[])[] = [];
  for (const block of outline.blocks) {
    const beside = new Map<string, OutlineIndex>();
    for (const index of block.members) beside.set(outline.nodes[index]!.id, index);
    for (const [position, index] of block.members.entries()) {
      const above = block.members[position - 1];
      const written = outline.nodes[index]!.needs;
      if (written !== undefined) needs[index] = resolveNeeds(index, beside, { outline, report });
      else needs[index] = above === undefined ? [] : [above];
    }
    reportCycles(block, needs, { outline, report });
  }
  return needs;
}

interface Checking {
  readonly outline: Outline;
  readonly report: FindingReport;
}

function resolveNeeds(
  index: OutlineIndex,
  beside: ReadonlyMap<string, OutlineIndex>,
  { outline, report }: Checking,
): OutlineIndex[] {
  const node = outline.nodes[index]!;
  const resolved = new Set<OutlineIndex>();
  for (const spot of node.needs ?? []) {
    const id = String(spot.node.value);
    const need = beside.get(id);
    if (id === node.id) {
      report.add(
        'needs-self',
        atValue(spot),
        `${quote(id)} cannot wait for itself.`,
        'Remove it from `needs`.',
      );
    } else if (need === undefined) {
      const kind = node.kind === 'stage' ? 'stage' : 'step of this block';
      report.add('needs-unknown', atValue(spot), `${quote(id)} is no ${kind}.`, () =>
        suggest(
          id,
          beside.keys(),
          '`needs` names what stands beside: stages from a stage, steps of the same block from a step.',
        ),
      );
    } else if (resolved.has(need)) {
      report.add('needs-duplicate', atValue(spot), `${quote(id)} is named twice.`, 'Remove one.');
    } else {
      resolved.add(need);
    }
  }
  return [...resolved];
}

function reportCycles(block: OutlineBlock, needs: Needs, { outline, report }: Checking): void {
  for (const cycle of findCycles({ nodes: block.members, needs: (index) => needs[index]! })) {
    const names = cycle.map((index) => outline.nodes[index]!.id);
    const shown = names.length <= SHOWN ? names : [...names.slice(0, SHOWN - 2), '…', names.at(-1)!];
    // Points at a `needs` that someone wrote, as not all of a circle can go without.
    const at = cycle.find((index) => outline.nodes[index]!.needs !== undefined) ?? cycle[0]!;
    const node = outline.nodes[at]!;
    const next = names[cycle.indexOf(at) + 1];
    const written = node.needs?.find((spot) => spot.node.value === next);
    report.add(
      'needs-cycle',
      written === undefined ? atKey(node.spot) : atValue(written),
      `These wait for one another: ${shown.join(' → ')}.`,
      'Remove one `needs` of the circle; a node without `needs` waits for the one above it.',
    );
  }
}
