import { atValue } from '../../validation/report.js';
import type { ForEachItems } from '../definition.js';
import type { NodeSource, Reading, TemplateSource } from '../reading.js';
import { isList, type Spot } from '../tree.js';

/** What a forEach goes through; `count`: of its items at most, where the definition tells. */
export interface ItemSource {
  readonly items: ForEachItems;
  readonly count: number | undefined;
}

/** A list, or one expression that yields one. */
export function readListTemplate(spot: Spot, owner: NodeSource, reading: Reading): TemplateSource {
  const template = reading.readTemplate(spot, owner);
  if (template.kind !== 'expression' && !isList(spot)) {
    reading.report.add(
      'type-mismatch',
      atValue(spot),
      'This must be a list, or one expression that yields a list.',
      'Write `in: [a, b]` or `in: "${{ inputs.list }}"`.',
    );
  }
  return template;
}
