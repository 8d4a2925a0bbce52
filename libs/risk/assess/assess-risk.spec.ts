import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type ChangedFile,
  type ChangeFactors,
  nameRiskLevel,
  RISK_LEVELS,
  type RiskContext,
} from '#contracts/judgement/risk.js';
import { readShippedModel } from '../model/shipped-model.js';
import { makeChange, makeProject, START } from '../testing/synthetic-project.js';
import { assessRisk } from './assess-risk.js';
import { RULES } from './rules.js';

const SHIPPED = readShippedModel();
const PAST = makeProject('p', 250, 11).changes.map(({ factors }) => factors);
const NOW = PAST.at(-1)!.at + 7_200;

function assess(factors: Partial<ChangeFactors> = {}, context: RiskContext = {}, past = PAST) {
  return assessRisk(SHIPPED, makeChange({ at: NOW, ...factors }), past, context);
}

function makeFile(path: string, factors: Partial<ChangedFile> = {}): ChangedFile {
  return {
    path,
    kind: 'code',
    added: 40,
    deleted: 5,
    linesBefore: 200,
    developers: 2,
    ageDays: 9,
    changes: 5,
    ...factors,
  };
}

const amount = fc.oneof(fc.nat({ max: 50 }), fc.double({ min: 0, max: 1e9, noNaN: true }));
const anyChange = fc
  .record({
    ns: amount,
    nd: amount,
    nf: amount,
    entropy: amount,
    la: amount,
    ld: amount,
    lt: amount,
    ndev: amount,
    age: amount,
    nuc: amount,
    exp: amount,
    rexp: amount,
    sexp: amount,
    fix: fc.constantFrom(0, 1),
    more: fc.dictionary(
      fc.constantFrom(
        ...['tests-touched', 'migrations', 'documentation-only', 'dependency-files', 'api-files', 'commits'],
        ...['commits-reviewed', 'reviewers', 'file-changes', 'file-fixes', 'usual-fixes', 'ownership'],
        ...['minor-contributors', 'author-hour'],
      ),
      fc.oneof(fc.nat({ max: 9 }), fc.double({ min: 0, max: 1, noNaN: true })),
    ),
  })
  .map((factors) => makeChange({ ...factors, at: NOW }));
const anyContext = fc.record(
  {
    now: fc.integer({ min: 0, max: 3_000_000_000 }),
    utcOffset: fc.integer({ min: -720, max: 840 }),
    historyIncomplete: fc.boolean(),
    environment: fc.record(
      {
        deployments: fc
          .nat({ max: 50 })
          .chain((total) => fc.record({ total: fc.constant(total), failed: fc.nat({ max: total }) })),
        openIncidents: fc.nat({ max: 9 }),
        frozen: fc.boolean(),
        canary: fc.boolean(),
        commitsTogether: fc.nat({ max: 500 }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<RiskContext>;

it('points add up to the score, exactly, in any order; the same again gives the same bytes', () => {
  fc.assert(
    fc.property(anyChange, anyContext, fc.nat({ max: 40 }), (change, context, length) => {
      const past = PAST.slice(0, length);
      const assessment = assessRisk(SHIPPED, change, past, context);
      const { contributions, score } = assessment;
      expect(contributions.reduce((sum, { points }) => sum + points, 0)).toBe(score);
      expect(contributions.toReversed().reduce((sum, { points }) => sum + points, 0)).toBe(score);
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(100);
      expect(RISK_LEVELS).toContain(assessment.level);
      expect(JSON.stringify(assessRisk(SHIPPED, change, past, context))).toBe(JSON.stringify(assessment));
      expect(JSON.parse(JSON.stringify(assessment))).toEqual(assessment);
    }),
    { numRuns: 25 },
  );
});

it('judges without history, and says how little it knows', () => {
  const { score, confidence, text } = assess({}, {}, []);
  expect(score).toBeGreaterThan(0);
  expect(confidence.level).toBe('low');
  expect(confidence.reasons).toContain('no earlier change is known to compare with');
  expect(text).toMatch(/^The risk is (low|medium|high): \d+ of 100\. Of changes like it, about \d+ in 100/);
});

it('a large change over many files is riskier than a small one', () => {
  const large = { la: 700, ld: 300, nf: 12, nd: 6, ns: 3, entropy: 3.2, lt: 6_000 };
  expect(assess(large).score).toBeGreaterThan(assess({ la: 1, ld: 1 }).score + 15);
});

it.each([
  [0, 'low'],
  [29, 'low'],
  [30, 'medium'],
  [59, 'medium'],
  [60, 'high'],
  [100, 'high'],
])('a score of %d is %s', (score, level) => {
  expect(nameRiskLevel(score)).toBe(level);
});

describe('contributions', () => {
  it('stand under where every change starts, the largest first, in words', () => {
    const [start, ...others] = assess({ la: 333, ld: 4 }).contributions;
    expect(start).toMatchObject({ factor: 'start', words: 'where every change starts' });
    const sizes = others.map(({ points }) => Math.abs(points));
    expect(sizes).toEqual(sizes.toSorted((one, other) => other - one));
    expect(others.find(({ factor }) => factor === 'lines')!.words).toMatch(
      /^adds 333 lines and deletes 4; more than \d\d % of the latest changes here$/,
    );
  });

  it('compare with the projects learnt from as long as there are few changes', () => {
    const { contributions } = assess({ la: 3_333 }, {}, PAST.slice(0, 5));
    expect(contributions.find(({ factor }) => factor === 'lines')!.words).toMatch(
      /more than 9\d % of the changes the model learnt from$/,
    );
  });

  it('leave the probability of the change as it is when the surroundings are bad', () => {
    const [calm, bad] = [assess(), assess({}, { environment: { frozen: true, openIncidents: 2 } })];
    expect(bad.probability).toBe(calm.probability);
    expect(bad.score).toBeGreaterThan(calm.score);
    expect(bad.contributions.map(({ factor }) => factor)).toEqual(
      expect.arrayContaining(['freeze', 'open-incidents']),
    );
  });

  it.each<[string, Partial<ChangeFactors>, RiskContext, 'more' | 'less']>([
    ['failed deployments', {}, { environment: { deployments: { total: 10, failed: 5 } } }, 'more'],
    ['good deployments', {}, { environment: { deployments: { total: 40, failed: 0 } } }, 'less'],
    ['an open incident', {}, { environment: { openIncidents: 1 } }, 'more'],
    ['a freeze', {}, { environment: { frozen: true } }, 'more'],
    ['many commits together', {}, { environment: { commitsTogether: 20 } }, 'more'],
    ['a canary', {}, { environment: { canary: true } }, 'less'],
    ['a migration', { more: { migrations: 1 } }, {}, 'more'],
    ['no tests', { more: { 'tests-touched': 0 } }, {}, 'more'],
    ['tests', { more: { 'tests-touched': 2 } }, {}, 'less'],
    ['documentation only', { more: { 'documentation-only': 1 } }, {}, 'less'],
    ['an interface', { more: { 'api-files': 1 } }, {}, 'more'],
    ['files that failed', { more: { 'file-changes': 40, 'file-fixes': 20, 'usual-fixes': 0.1 } }, {}, 'more'],
    [
      'files that never failed',
      { more: { 'file-changes': 90, 'file-fixes': 0, 'usual-fixes': 0.3 } },
      {},
      'less',
    ],
    ['files of nobody', { more: { ownership: 0.1 } }, {}, 'more'],
    ['many who know little', { more: { 'minor-contributors': 9 } }, {}, 'more'],
    ['a review', { more: { commits: 2, 'commits-reviewed': 2, reviewers: 1 } }, {}, 'less'],
    ['a night', { more: { 'author-hour': 3 } }, {}, 'more'],
    // A Saturday noon in Oslo.
    ['the weekend', {}, { now: Date.UTC(2026, 0, 3, 11) / 1000, utcOffset: 60 }, 'more'],
  ])('%s: %#', (_, factors, context, direction) => {
    const difference = assess(factors, context).score - assess().score;
    expect(Math.sign(difference)).toBe(direction === 'more' ? 1 : -1);
  });

  it.each<[string, Readonly<Record<string, number>>]>([
    ['a review that git does not know of', { commits: 3, 'commits-reviewed': 0, reviewers: 0 }],
    ['files that nobody changed before', { 'file-changes': 0, 'file-fixes': 0, 'usual-fixes': 0.2 }],
    ['a history without a mended defect', { 'file-changes': 9, 'file-fixes': 0, 'usual-fixes': 0 }],
    ['an owner of half', { ownership: 0.5, 'minor-contributors': 0 }],
    ['the morning', { 'author-hour': 4 }],
  ])('say nothing of %s', (_, more) => {
    const rules = ['review', 'file-failures', 'ownership', 'minor-contributors', 'written-at'];
    const { contributions } = assess({ more });
    expect(contributions.filter(({ factor }) => rules.includes(factor))).toEqual([]);
  });

  it('of half a review are half of a whole one, and stay small whatever git says', () => {
    const add = (more: Readonly<Record<string, number>>) =>
      RULES.map(({ judge }) => judge(makeChange({ more }), {})?.adds ?? 0).reduce(
        (sum, each) => sum + each,
        0,
      );
    expect(add({ commits: 4, 'commits-reviewed': 2, reviewers: 1 })).toBeCloseTo(-0.1, 12);
    expect(add({ commits: 1, 'commits-reviewed': 99, reviewers: 99 })).toBeCloseTo(-0.2, 12);
    expect(add({ 'file-changes': 1e6, 'file-fixes': 1e6, 'usual-fixes': 1e-9 })).toBe(0.4);
    expect(add({ 'file-changes': 1e6, 'file-fixes': 0, 'usual-fixes': 0.999 })).toBe(-0.2);
    expect(add({ 'minor-contributors': 1e6 })).toBeCloseTo(0.3, 12);
    expect(add({ ownership: 0 })).toBeCloseTo(0.2, 12);
  });

  it('say nothing of the hour where no zone is known, nor in working hours', () => {
    const names = (context: RiskContext) => assess({}, context).contributions.map(({ factor }) => factor);
    expect(names({ now: Date.UTC(2026, 0, 3, 11) / 1000 })).not.toContain('hour');
    expect(names({ now: Date.UTC(2026, 0, 6, 11) / 1000, utcOffset: 60 })).not.toContain('hour');
  });
});

describe('confidence', () => {
  const own = {
    ...SHIPPED,
    model: {
      ...SHIPPED.model,
      trainedOn: { ...SHIPPED.model.trainedOn, projects: ['mine'], to: START },
      ranges: SHIPPED.model.ranges.map(() => [-1e9, 1e9] as const),
    },
  };
  const day = 86_400;

  it('is lower for what the model has not seen, a cut history and new files alone', () => {
    const usual = assess().confidence;
    for (const [factors, context, reason] of [
      [{ la: 1e6, lt: 1e7, nf: 900, nd: 300 }, {}, /unlike nearly all changes.*lines/],
      [{}, { historyIncomplete: true }, /shallow clone/],
      [{ nf: 0, nd: 0, ns: 0, la: 0, ld: 0, lt: 0, nuc: 0 }, {}, /no file is changed that existed/],
    ] as const) {
      const { confidence } = assess(factors, context);
      expect(confidence.value).toBeLessThan(usual.value);
      expect(confidence.reasons.join('; ')).toMatch(reason);
    }
  });

  it('fades as a model of the own project grows old', () => {
    const at = (days: number) => assessRisk(own, makeChange(), PAST, { now: START + days * day }).confidence;
    expect(at(10)).toEqual({ value: 1, level: 'high', reasons: [] });
    expect(at(200).value).toBeLessThan(1);
    expect(at(365)).toMatchObject({
      value: 0.5,
      level: 'medium',
      reasons: [expect.stringMatching(/last 365 days/)],
    });
    expect(at(9_999).value).toBe(0.5);
  });
});

describe('mitigations', () => {
  const files = [
    makeFile('core/engine.ts', { added: 300, linesBefore: 900 }),
    makeFile('core/parse.ts', { added: 250, linesBefore: 700 }),
    makeFile('web/page.ts', { added: 200, linesBefore: 500 }),
    makeFile('web/style.ts', { added: 180, linesBefore: 400 }),
  ];
  const large = {
    la: 930,
    ld: 20,
    nf: 4,
    nd: 2,
    ns: 2,
    entropy: 1.9,
    lt: 2_500,
    nuc: 20,
    more: { 'tests-touched': 0 },
  };
  const context: RiskContext = {
    now: Date.UTC(2026, 0, 3, 11) / 1000,
    utcOffset: 60,
    files,
    reviewers: [
      { name: 'Berit', share: 0.25, exp: 9_000, rexp: 900, sexp: 900 },
      { name: 'Arne', share: 0.2, exp: 1, rexp: 1, sexp: 1 },
    ],
    environment: { openIncidents: 1, commitsTogether: 12 },
  };

  it('are ranked by what each would lower, each judged again', () => {
    const { mitigations, score } = assess(large, context);
    expect(mitigations.length).toBeGreaterThan(3);
    const lowers = mitigations.map(({ lowersBy }) => lowersBy);
    expect(lowers).toEqual(lowers.toSorted((one, other) => other - one));
    for (const { lowersBy, scoreAfter } of mitigations) {
      expect(lowersBy).toBeGreaterThan(0);
      expect(score - lowersBy).toBe(scoreAfter);
    }
  });

  it('a canary, waiting, tests and going alone lower the score to what it then is', () => {
    const scoreAfter = (kind: string) =>
      assess(large, context).mitigations.find((each) => each.kind === kind)?.scoreAfter;
    expect(scoreAfter('canary')).toBe(
      assess(large, { ...context, environment: { ...context.environment, canary: true } }).score,
    );
    expect(scoreAfter('other-time')).toBe(
      assess(large, { files, environment: { commitsTogether: 12 } }).score,
    );
    expect(scoreAfter('deploy-fewer')).toBe(
      assess(large, { ...context, environment: { openIncidents: 1 } }).score,
    );
    expect(scoreAfter('add-tests')).toBe(assess({ ...large, more: { 'tests-touched': 1 } }, context).score);
  });

  it('asking for a review is judged as more experience, and as reviewed', () => {
    const scoreAfter = assess(large, context).mitigations.find(
      (each) => each.kind === 'ask-reviewer',
    )?.scoreAfter;
    const more = { ...large.more, commits: 1, 'commits-reviewed': 1, reviewers: 1 };
    expect(scoreAfter).toBe(assess({ ...large, exp: 9_000, rexp: 900, sexp: 900, more }, context).score);
  });

  it('name the files of each part, folders kept together, whatever order they come in', () => {
    const split = assess(large, context).mitigations.find(({ kind }) => kind === 'split')!;
    expect(split.parts!.flat().toSorted()).toEqual(files.map(({ path }) => path).toSorted());
    expect(split.parts!.length).toBeGreaterThanOrEqual(2);
    expect(split.basis).toBe('model');
    const turned = assess(large, { ...context, files: files.toReversed() });
    expect(turned.mitigations.find(({ kind }) => kind === 'split')).toEqual(split);
  });

  it('name the untested files, those that gain most lines first', () => {
    const tested = [...files, makeFile('test/engine.spec.ts', { kind: 'test' })];
    const advice = assess(large, { ...context, files: tested }).mitigations.find(
      ({ kind }) => kind === 'add-tests',
    )!;
    expect(advice.files).toEqual(['core/parse.ts', 'web/page.ts', 'web/style.ts']);
  });

  it('say nothing where there is nothing to gain', () => {
    const { mitigations } = assess(
      { more: { 'tests-touched': 3 } },
      { environment: { canary: true }, files: [files[0]!] },
    );
    expect(mitigations).toEqual([]);
  });
});
