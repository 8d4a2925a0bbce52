import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evaluateGate } from '../evaluate/evaluate-gate.js';
import { AT } from '../testing/gates.js';
import { readGate } from './read-gate.js';
import { readHistory } from './read-history.js';
import { readMetrics } from './read-metrics.js';

const EXAMPLES = new URL('../../../examples/gates/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, EXAMPLES), 'utf8');
const GATES = ['pre-deploy.yaml', 'slo.yaml'].map(read);

/** Pieces that mean something somewhere. */
const PIECES = [
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ':',
  '- ',
  '\n',
  '  ',
  '&a',
  '*a',
  '!!js',
  '<<: *a',
  '.nan',
  '1e400',
  '-1',
  '0',
  'null',
  '%',
  '<= +10%',
  '>= ',
  '(',
  ')',
  '\u0000',
  '\u202e',
  '\ud800',
  'pass',
  'criteria:',
  'adapt: {}',
  'trend: 3',
  '${{ }}',
  '__proto__: 1',
  'metrics.a.b.c == 1',
  '9'.repeat(400),
  '='.repeat(50),
];

/** A text with some of it taken out, and something else put there. */
const damage = fc.array(
  fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(30), fc.constantFrom(...PIECES)),
  {
    minLength: 1,
    maxLength: 4,
  },
);

function apply(text: string, changes: readonly (readonly [number, number, string])[]): string {
  return changes.reduce((before, [where, length, piece]) => {
    const at = Math.floor(where * before.length);
    return before.slice(0, at) + piece + before.slice(at + length);
  }, text);
}

const number = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, 1e308, -1e308, Number.NaN, Infinity, 2 ** 53, 5e-324),
);

describe('hostile input', () => {
  it('a gate that was damaged is read, or told what is wrong with it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...GATES), damage, (text, changes) => {
        const { gate, findings } = readGate(apply(text, changes));
        expect((gate === undefined) === findings.length > 0).toBe(true);
        for (const { message, hint, line, column } of findings) {
          expect([message.length > 0, hint.length > 0, line > 0, column > 0]).not.toContain(false);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('metrics and histories that were damaged are read, or told what is wrong with them', () => {
    const [metrics, history] = [read('metrics.json'), read('history.jsonl')];
    fc.assert(
      fc.property(damage, (changes) => {
        const { measurements, findings } = readMetrics(apply(metrics, changes), 'file');
        expect((measurements === undefined) === findings.length > 0).toBe(true);
        const { runs } = readHistory(
          [{ name: 'h.jsonl', text: apply(history, changes) }],
          'pre-deploy',
          Date.parse(AT),
        );
        expect(runs.length).toBeLessThanOrEqual(10);
      }),
      { numRuns: 100 },
    );
  });

  it('no number makes a gate pass by being none, nor a result that is no JSON', () => {
    const gates = GATES.map((text) => readGate(text).gate!);
    const names = [
      'coverage',
      'p95',
      'errors',
      'image-size',
      'critical',
      'response_time_p95',
      'error_rate',
      'throughput',
    ];
    const { runs } = readHistory(
      [{ name: 'h.jsonl', text: read('history.jsonl') }],
      'pre-deploy',
      Date.parse(AT),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...gates),
        fc.array(number, { minLength: 8, maxLength: 8 }),
        fc.array(number, { minLength: 1, maxLength: 20 }),
        (gate, values, samples) => {
          const measurements = [
            ...names.map((metric, index) => ({ metric, source: 'test', value: values[index]! })),
            { metric: 'latency', source: 'test', samples, baseline: samples.toReversed() },
          ];
          const result = evaluateGate(gate, { measurements, history: { runs, notes: [] }, at: AT });
          expect(JSON.parse(JSON.stringify(result))).toEqual(result);
          for (const { metric, outcome } of result.criteria) {
            const value = measurements.find((each) => each.metric === metric);
            if (value !== undefined && 'value' in value && !Number.isFinite(value.value))
              expect(outcome).not.toBe('pass');
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
