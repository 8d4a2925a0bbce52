import { shorten } from '../../definition/path.js';
import {
  entriesOf,
  entryOf,
  isList,
  isMap,
  isScalar,
  itemsOf,
  type Spot,
  type TreeMap,
} from '../../definition/tree.js';
import { suggest } from '../../validation/nearest.js';
import { atValue } from '../../validation/report.js';
import type { Builder } from './builder.js';

type Section = 'authentications' | 'errors' | 'functions' | 'retries' | 'timeouts';

/** What stands under `use`, by its names. */
export class Reusables {
  constructor(private readonly use: Spot<TreeMap> | undefined) {}

  /** What a name of that section means, or the spot itself where it is no name; undefined after a finding. */
  resolve(section: Section, spot: Spot, builder: Builder): Spot | undefined {
    if (!isScalar(spot)) return spot;
    return this.find(section, String(spot.node.value), spot, builder);
  }

  find(section: Section, name: string, spot: Spot, builder: Builder): Spot | undefined {
    const entries = this.entries(section);
    const found = entries.find(([known]) => known === name)?.[1];
    if (found !== undefined) return found;
    builder.report.add(
      'open-workflow-reference',
      atValue(spot),
      `\`use.${section}\` has no \`${shorten(name)}\`.`,
      () =>
        suggest(
          name,
          entries.map(([known]) => known),
          `Define it under \`use.${section}\`.`,
        ),
    );
    return undefined;
  }

  entries(section: Section): readonly (readonly [string, Spot])[] {
    const spot = this.use === undefined ? undefined : entryOf(this.use, section);
    return spot !== undefined && isMap(spot) ? entriesOf(spot) : [];
  }

  /** Names of secrets that the definition declares. */
  get secrets(): readonly string[] {
    const spot = this.use === undefined ? undefined : entryOf(this.use, 'secrets');
    if (spot === undefined || !isList(spot)) return [];
    return itemsOf(spot).flatMap((item) => (isScalar(item) ? [String(item.node.value)] : []));
  }
}
