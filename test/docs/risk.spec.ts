import { describe, expect, it } from '@jest/globals';
import { LEVEL_FROM } from '#contracts/judgement/risk.js';
import { RULES } from '#risk/assess/rules.js';
import { RECIPE } from '#risk/model/recipe.js';
import { readShippedModel } from '#risk/model/shipped-model.js';
import { ENOUGH, MARGIN } from '#risk/training/challenge.js';
import { codesIn, findTables, readDocument, sectionOf } from './markdown.js';

const text = readDocument('docs/risk.md');

describe('docs/risk.md', () => {
  it('says how large the models are', () => {
    for (const { boosting, forest, latest } of [RECIPE.own, RECIPE.shared]) {
      const { bags, rounds, leaves } = boosting;
      expect(text).toContain(`${bags * rounds} trees of at most ${leaves} leaves`);
      expect(text).toContain(`latest ${latest.toLocaleString('en')} changes`);
      if (forest.trees > 0)
        expect(text).toContain(`${forest.trees} trees of at most ${forest.leaves} leaves`);
    }
  });

  it('tells where levels begin, and what takes over', () => {
    expect(text).toContain(
      `\`low\` below ${LEVEL_FROM.medium}, \`medium\` from ${LEVEL_FROM.medium}, \`high\` from ${LEVEL_FROM.high}`,
    );
    expect(text).toContain(`by ${MARGIN.auc} (AUC) or ${MARGIN.brier} (Brier)`);
    expect(text).toContain(`below ${ENOUGH.changes} later changes, or ${ENOUGH.ofEach} of either kind`);
  });

  it('states every rule, and no other', () => {
    const [rules] = findTables(sectionOf(text, '### Rules'));
    expect(rules!.map(([factor]) => codesIn(factor!)[0])).toEqual(RULES.map(({ factor }) => factor));
  });

  it('gives figures of each project that the shipped model learnt from', () => {
    const { model } = readShippedModel();
    for (const project of model.trainedOn.projects) expect(text).toContain(`**${project}**`);
  });
});
