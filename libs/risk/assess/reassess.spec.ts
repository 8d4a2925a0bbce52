import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type {
  RiskAssessment,
  RiskContext,
  RiskEnvironment,
  RiskMitigation,
} from '#contracts/judgement/risk.js';
import { readShippedModel } from '../model/shipped-model.js';
import { makeChange, makeProject } from '../testing/synthetic-project.js';
import { assessRisk } from './assess-risk.js';
import { reassess } from './reassess.js';

const SHIPPED = readShippedModel();
const PAST = makeProject('p', 250, 11).changes.map(({ factors }) => factors);
const NOW = PAST.at(-1)!.at + 7_200;

const file = (path: string, added: number) => ({
  path,
  kind: 'code' as const,
  added,
  deleted: 5,
  linesBefore: 200,
  developers: 2,
  ageDays: 9,
  changes: 5,
});

const CONTEXT: RiskContext = {
  now: NOW,
  utcOffset: 60,
  files: [file('src/one.ts', 400), file('src/two.ts', 90), file('lib/three.ts', 200)],
  reviewers: [{ name: 'Ann', share: 0.7, exp: 900, rexp: 90, sexp: 400 }],
};

function assess(environment: RiskEnvironment, la = 690) {
  const change = makeChange({
    at: NOW,
    nf: 3,
    la,
    lt: 600,
    exp: 3,
    more: { 'tests-touched': 0, migrations: 1 },
  });
  return assessRisk(SHIPPED, change, PAST, { ...CONTEXT, environment });
}

const anyEnvironment = fc.record(
  {
    name: fc.constantFrom('production', 'staging'),
    deployments: fc
      .nat({ max: 50 })
      .chain((total) => fc.record({ total: fc.constant(total), failed: fc.nat({ max: total }) })),
    openIncidents: fc.nat({ max: 9 }),
    frozen: fc.boolean(),
    canary: fc.boolean(),
    commitsTogether: fc.nat({ max: 500 }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<RiskEnvironment>;

const asStored = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe('a change that is judged again by what is known of where it goes', () => {
  it('comes out, byte by byte, as if that had been known before', () => {
    fc.assert(
      fc.property(anyEnvironment, anyEnvironment, fc.nat({ max: 5_000 }), (before, after, la) => {
        const told = asStored(assess(before, la));
        const expected = assess(after, la);
        const again = reassess(told, after);
        // How best to split it depends on the score, and advice that gained nothing was not kept.
        const ofModel = ({ kind }: RiskMitigation) => ['split', 'add-tests', 'ask-reviewer'].includes(kind);
        const rest = (assessment: RiskAssessment) =>
          JSON.stringify({
            ...assessment,
            mitigations: assessment.mitigations.filter((each) => !ofModel(each)),
            text: undefined,
          });
        expect(rest(again)).toBe(rest(expected));
        expect(JSON.stringify(reassess(told, before))).toBe(JSON.stringify(told));
        expect(again.contributions.reduce((all, { points }) => all + points, 0)).toBe(again.score);
      }),
      { numRuns: 60 },
    );
  });

  it('never looks better for an incident, a freeze or a failed deployment more', () => {
    const calm = asStored(assess({ deployments: { total: 10, failed: 1 }, openIncidents: 0 }));
    const worse: RiskEnvironment[] = [
      { deployments: { total: 10, failed: 1 }, openIncidents: 1 },
      { deployments: { total: 10, failed: 1 }, openIncidents: 0, frozen: true },
      { deployments: { total: 10, failed: 6 }, openIncidents: 0 },
    ];
    for (const environment of worse) {
      expect(reassess(calm, environment).score).toBeGreaterThan(calm.score);
      expect(
        reassess(asStored(reassess(calm, environment)), { deployments: { total: 10, failed: 1 } }),
      ).toEqual(calm);
    }
  });

  it('keeps the hour and what another version of Sluice knew', () => {
    const told = asStored(assess({}));
    const strange = {
      ...told,
      contributions: [
        ...told.contributions,
        { factor: 'moon', words: 'the moon is full', points: 0, logOdds: 0.3 },
      ],
    };
    const again = reassess(strange, { frozen: true });
    expect(again.contributions.find(({ factor }) => factor === 'moon')).toMatchObject({
      words: 'the moon is full',
      logOdds: 0.3,
    });
  });
});
