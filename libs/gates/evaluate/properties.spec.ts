import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { GateResult, Outcome } from '#contracts/judgement/gate-result.js';
import { earlier, type Given, judge, requireGate } from '../testing/gates.js';

const OWN = requireGate(`gate: 1
name: g
criteria:
- { metric: a, pass: ["<= 50", "<= +20%"], warn: "<= 70", weight: 3, compare: { atLeast: 1 } }
- { metric: b, pass: "< 40", warn: "< +30", weight: 2, key: true, compare: { with: p90, atLeast: 1 } }
- { metric: c, trend: { direction: lower, tolerance: 2%, last: 12 }, weight: 2 }
- { metric: d, statistical: { direction: lower, effect: small, alpha: 0.1 }, weight: 2 }
- { metric: e, pass: "<= 60", adapt: { floor: "<= 90", atLeast: 5 } }
- { name: f, policy: "metrics.a + metrics.b < 80.0" , warn: "metrics.a < 60.0" }
total: { pass: 80, warn: 50 }
risk: { from: 0, tighten: 30 }
`);

/** The same where more is better: what it is given is turned over. */
const TURNED = requireGate(`gate: 1
name: turned
criteria:
- { metric: a, pass: [">= 150", ">= -10%"], warn: ">= 130", weight: 3, compare: { atLeast: 1 } }
- { metric: b, pass: "> 160", warn: "> -30", weight: 2, key: true, compare: { with: p50, atLeast: 1 } }
- { metric: c, trend: { direction: higher, tolerance: 1%, last: 12, alpha: 0.2 }, weight: 2 }
- { metric: d, statistical: { direction: higher, effect: small, alpha: 0.1 }, weight: 2 }
- { metric: e, pass: ">= 140", adapt: { floor: ">= 110", atLeast: 5 } }
- { name: f, policy: "metrics.a + metrics.b > 320.0" , warn: "metrics.a > 140.0" }
total: { pass: 80, warn: 50 }
risk: { from: 0, tighten: 30 }
`);

const KEPTN = requireGate(`spec_version: '1.0'
comparison: { compare_with: several_results, number_of_comparison_results: 4, aggregate_function: p50 }
objectives:
- { sli: a, weight: 3, pass: [{ criteria: ['<=+10%', '<60'] }, { criteria: ['<20'] }], warning: [{ criteria: ['<=+50%'] }] }
- { sli: b, pass: [{ criteria: ['<=+5'] }], warning: [{ criteria: ['<80'] }], key_sli: true }
- { sli: c, pass: [{ criteria: ['<50'] }] }
- { sli: e }
total_score: { pass: '80%', warning: '50%' }
`);

const METRICS = ['a', 'b', 'c', 'd', 'e'] as const;
const level = fc.integer({ min: 1, max: 100 });
const levels = fc.array(level, { minLength: 12, maxLength: 15 });
const situation = fc.record({
  a: level,
  b: level,
  c: level,
  d: fc.array(level, { minLength: 5, maxLength: 8 }),
  e: level,
  baseline: fc.array(level, { minLength: 5, maxLength: 8 }),
  history: fc.record({ a: levels, b: levels, c: levels, e: levels }),
  risk: fc.integer({ min: 0, max: 100 }),
});

type Case = typeof situation extends fc.Arbitrary<infer T> ? T : never;

function turn(situation: Case): Case {
  const over = (value: number) => 200 - value;
  const { a, b, c, d, e, baseline, history, risk } = situation;
  return {
    ...{ a: over(a), b: over(b), c: over(c), e: over(e), risk },
    d: d.map(over),
    baseline: baseline.map(over),
    history: {
      ...{ a: history.a.map(over), b: history.b.map(over) },
      ...{ c: history.c.map(over), e: history.e.map(over) },
    },
  };
}

function evaluate(gate: typeof OWN, situation: Case, without?: string): GateResult {
  const { d, baseline, history, risk, ...values } = gate.name === TURNED.name ? turn(situation) : situation;
  const all: Given = { ...values, d: { samples: d, baseline } };
  const given = Object.fromEntries(Object.entries(all).filter(([name]) => name !== without));
  const runs = (['a', 'b', 'c', 'e'] as const).flatMap((metric) =>
    earlier(metric, history[metric], { afterwards: 'good' }),
  );
  return judge(gate, { given, runs, risk });
}

const RANKS: Readonly<Record<Outcome, number>> = { fail: 0, inconclusive: 1, warn: 2, pass: 3 };

describe.each([
  ['our own rules', OWN],
  ['our own rules where more is better', TURNED],
  ["Keptn's rules", KEPTN],
])('%s', (_, gate) => {
  it('more of a bad thing never improves a gate', () => {
    fc.assert(
      fc.property(
        situation,
        fc.constantFrom(...METRICS),
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
        (before, metric, more, some) => {
          const after =
            metric === 'd'
              ? { ...before, d: before.d.map((each, index) => (some[index] ? each + more : each)) }
              : { ...before, [metric]: before[metric] + more };
          const [first, second] = [evaluate(gate, before), evaluate(gate, after)];
          expect(RANKS[second.outcome]).toBeLessThanOrEqual(RANKS[first.outcome]);
          expect(second.score).toBeLessThanOrEqual(first.score);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('more risk never improves a gate', () => {
    fc.assert(
      fc.property(situation, fc.integer({ min: 0, max: 100 }), (before, risk) => {
        const [low, high] = [before.risk, risk]
          .sort((a, b) => a - b)
          .map((each) => evaluate(gate, { ...before, risk: each }));
        expect(RANKS[high!.outcome]).toBeLessThanOrEqual(RANKS[low!.outcome]);
      }),
      { numRuns: 80 },
    );
  });

  it('the order of criteria and of measurements does not matter', () => {
    fc.assert(
      fc.property(
        situation,
        fc.shuffledSubarray([...gate.criteria], { minLength: gate.criteria.length }),
        (given, criteria) => {
          const [first, second] = [evaluate(gate, given), evaluate({ ...gate, criteria }, given)];
          expect([second.outcome, second.score, second.reachable]).toEqual([
            first.outcome,
            first.score,
            first.reachable,
          ]);
          const byName = (result: GateResult) => new Map(result.criteria.map((each) => [each.name, each]));
          expect(byName(second)).toEqual(byName(first));
        },
      ),
      { numRuns: 80 },
    );
  });

  it('the same inputs give the same bytes, and scores within 0 and 100', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const [first, second] = [evaluate(gate, given), evaluate(gate, structuredClone(given))];
        expect(JSON.stringify(second)).toBe(JSON.stringify(first));
        expect(first.score >= 0 && first.score <= first.reachable && first.reachable <= 100).toBe(true);
        expect(JSON.stringify(first)).not.toMatch(/NaN|Infinity|undefined/);
      }),
      { numRuns: 80 },
    );
  });

  it('what is not known never makes a certain failure of a pass, nor a pass of a failure', () => {
    fc.assert(
      fc.property(situation, fc.constantFrom(...METRICS), (given, metric) => {
        const [known, unknown] = [evaluate(gate, given), evaluate(gate, given, metric)];
        if (gate.rules === 'sluice') {
          for (const [index, { outcome }] of unknown.criteria.entries()) {
            expect([known.criteria[index]!.outcome, 'inconclusive']).toContain(outcome);
            const asks = JSON.stringify(gate.criteria[index]).includes(`metrics.${metric} `);
            if (asks || known.criteria[index]!.metric === metric) expect(outcome).toBe('inconclusive');
          }
        }
        if (gate.rules === 'keptn') expect(RANKS[unknown.outcome]).toBeLessThanOrEqual(RANKS[known.outcome]);
        else expect([known.outcome, 'inconclusive']).toContain(unknown.outcome);
      }),
      { numRuns: 80 },
    );
  });
});

describe('weights and what is missing', () => {
  const reweigh = (index: number, weight: number) => ({
    ...OWN,
    criteria: OWN.criteria.map((each, at) => (at === index ? { ...each, weight } : each)),
  });
  const position = fc.nat({ max: OWN.criteria.length - 1 });

  it('more weight on what did not pass never helps, nor on what passed harms', () => {
    fc.assert(
      fc.property(situation, position, fc.integer({ min: 2, max: 50 }), (given, index, weight) => {
        const [before, after] = [evaluate(reweigh(index, 1), given), evaluate(reweigh(index, weight), given)];
        const { outcome } = before.criteria[index]!;
        const helps = after.score - before.score;
        if (outcome === 'fail') {
          expect(helps).toBeLessThanOrEqual(1e-9);
          expect(RANKS[after.outcome]).toBeLessThanOrEqual(RANKS[before.outcome]);
        } else if (outcome === 'pass') {
          expect(helps).toBeGreaterThanOrEqual(-1e-9);
          expect(RANKS[after.outcome]).toBeGreaterThanOrEqual(RANKS[before.outcome]);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('counting what is missing as failed comes to the worse end of not knowing it', () => {
    const strict = { ...OWN, criteria: OWN.criteria.map((each) => ({ ...each, missing: 'fail' as const })) };
    fc.assert(
      fc.property(situation, fc.constantFrom(...METRICS), (given, metric) => {
        const [open, closed] = [evaluate(OWN, given, metric), evaluate(strict, given, metric)];
        // What is decided whatever it is stays so; what is open comes to its worse end.
        if (open.outcome !== 'inconclusive') expect(closed.outcome).toBe(open.outcome);
        expect(closed.outcome).not.toBe('inconclusive');
        expect([closed.score, closed.reachable]).toEqual([open.score, open.score]);
      }),
      { numRuns: 80 },
    );
  });
});

describe('a trend', () => {
  const gate = (direction: string, tolerance: number, alpha: number) =>
    requireGate(`gate: 1
name: g
criteria: [{ metric: a, trend: { direction: ${direction}, tolerance: ${tolerance}%, alpha: ${alpha}, last: 20 } }]
`);
  /** From the first run to the last, about a rise; few different values, so that many are equal, or many. */
  const series = fc
    .record({
      step: fc.constantFrom(0, 1, 3),
      noise: fc.array(fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 20 })), {
        minLength: 7,
        maxLength: 19,
      }),
    })
    .map(({ step, noise }) => noise.map((each, index) => 1 + step * index + each).toReversed());

  it.each(['lower', 'higher'])(
    'never gets better by a worse value, equal ones and all, where %s is better',
    (direction) => {
      fc.assert(
        fc.property(
          series,
          fc.integer({ min: 1, max: 60 }),
          fc.integer({ min: 1, max: 20 }),
          fc.integer({ min: 0, max: 30 }),
          fc.double({ min: 0.0001, max: 0.5, noNaN: true }),
          (values, value, more, tolerance, alpha) => {
            const asked = gate(direction, tolerance, alpha);
            // Where more is better all of it is turned over.
            const turn = (each: number) => (direction === 'lower' ? each : 100 - each);
            const runs = earlier('a', values.map(turn));
            const [good, bad] = [value, value + more].map(turn);
            const [first, second] = [good!, bad!].map(
              (a) => judge(asked, { given: { a }, runs }).criteria[0]!,
            );
            expect(RANKS[second!.outcome as Outcome]).toBeLessThanOrEqual(RANKS[first!.outcome as Outcome]);
            // Outcomes change seldom; what they are decided by tells more.
            if (first!.difference === undefined || second!.difference === undefined) return;
            expect(second!.difference).toBeGreaterThanOrEqual(first!.difference - 1e-9);
          },
        ),
        { numRuns: 500 },
      );
    },
  );
});
