import { describe, expect, it } from '@jest/globals';
import { readMetrics } from './read-metrics.js';

describe('readMetrics', () => {
  it('reads numbers, samples, what is missing, and words about them', () => {
    const { measurements } = readMetrics(
      `{"coverage": 81.5, "latency": [3, 1, 2], "queue": null,
        "p95": {"value": 0.2, "unit": "s", "source": "k6", "observedAt": "2030-01-31T09:00:00+01:00"},
        "canary": {"samples": [1, 2], "baseline": [3]}, "gone": {"missing": "the server was down"}, "none": {"unit": "s"}}`,
      'file m.json',
    );
    expect(measurements).toEqual([
      { metric: 'coverage', value: 81.5, source: 'file m.json' },
      { metric: 'latency', samples: [3, 1, 2], source: 'file m.json' },
      { metric: 'queue', source: 'file m.json', missing: expect.objectContaining({ code: 'metric-empty' }) },
      { metric: 'p95', value: 0.2, unit: 's', source: 'k6', observedAt: '2030-01-31T08:00:00.000Z' },
      { metric: 'canary', samples: [1, 2], baseline: [3], source: 'file m.json' },
      {
        metric: 'gone',
        source: 'file m.json',
        missing: expect.objectContaining({ message: 'the server was down' }),
      },
      { metric: 'none', unit: 's', source: 'file m.json', missing: expect.anything() },
    ]);
  });

  it.each([
    ['a text', '{"a": "12"}', 'measurement-invalid a 1:7'],
    ['a number beyond all', '{"a": 1e400}', 'number-out-of-range a 1:7'],
    ['NaN', 'a: .nan', 'number-out-of-range a 1:4'],
    ['infinity in samples', 'a: [1, -.inf]', 'number-out-of-range a[1] 1:8'],
    ['a truth', 'a: true', 'measurement-invalid a 1:4'],
    ['a text in samples', 'a: [1, x]', 'measurement-invalid a[1] 1:8'],
    ['no samples', 'a: []', 'value-out-of-range a 1:4'],
    ['value and samples', 'a: { value: 1, samples: [1] }', 'measurement-invalid a 1:1'],
    ['an unknown key', 'a: { valeu: 1 }', 'key-unknown a.valeu 1:6'],
    ['no moment', 'a: { value: 1, observedAt: yesterday }', 'moment-invalid a.observedAt 1:28'],
    ['a name twice', '{"a": 1, "a": 2}', 'key-duplicate a 1:10'],
    ['a name with a line end', '{"a\\nb": 1}', 'value-out-of-range ["a\\nb"] 1:2'],
    ['a list', '[1]', 'gate-not-a-map  1:1'],
    ['nothing', '', 'gate-not-a-map  1:1'],
  ])('refuses %s with its place', (_, text, expected) => {
    const { measurements, findings } = readMetrics(text, 'file');
    expect(measurements).toBeUndefined();
    expect(findings.map(({ code, path, line, column }) => `${code} ${path} ${line}:${column}`)).toContain(
      expected,
    );
  });

  it('limits samples and metrics', () => {
    expect(readMetrics(`a: [${'1,'.repeat(10_001)}]`, 'file').findings).toHaveLength(1);
    const many = Array.from({ length: 5_001 }, (_, n) => `m${n}: 1`).join('\n');
    expect(readMetrics(many, 'file').findings.map(({ code }) => code)).toEqual(['value-out-of-range']);
  });
});
