import { describe, expect, it } from '@jest/globals';
import { CATEGORIES } from '#domain/failures/categories/categories.js';
import { Diagnostician } from '#domain/failures/classify.js';
import { readPatterns } from '#domain/failures/read-patterns.js';
import { describeStrategy, STRATEGIES } from '#domain/failures/strategy.js';
import { findBlocks, findTables, readDocument, sectionOf } from './markdown.js';

describe('docs/failures.md', () => {
  const text = readDocument('docs/failures.md');

  it('has the strategy of every class', () => {
    expect(findTables(sectionOf(text, '## Strategies'))[0]).toEqual(
      Object.entries(STRATEGIES).map(([name, strategy]) => [`\`${name}\``, describeStrategy(strategy)]),
    );
  });

  it('has every category as the table of the code', () => {
    expect(findTables(sectionOf(text, '## Categories'))[0]).toEqual(
      CATEGORIES.map((category) => [
        `\`${category.id}\``,
        `\`${category.class}\``,
        category.title,
        category.remediation,
        describeStrategy(category.strategy ?? STRATEGIES[category.class]),
      ]),
    );
  });

  it('shows a file of patterns that works', () => {
    const shown = findBlocks(text).find((block) => block.text.includes('"categories"'));
    const own = new Diagnostician(readPatterns(shown!.text));
    expect(own.classify({ log: 'Licence pool 4 of 4 in use' })).toMatchObject({
      category: 'license_server_busy',
      strategy: { kind: 'retry', delayMs: 30_000 },
    });
  });
});
