import { describe, expect, it } from '@jest/globals';
import { parseInto } from '#domain/definition/parse.js';
import { FindingReport } from '#domain/validation/report.js';
import { readMetricSource } from './read-metric-source.js';

function read(text: string) {
  const report = new FindingReport();
  const tree = parseInto(text, report);
  const source = tree && readMetricSource({ node: tree.root, path: undefined }, report);
  return {
    source,
    findings: report.list().map(({ code, path, message, hint }) => [code, path, `${message} ${hint}`]),
  };
}

describe('reading of metric sources', () => {
  it.each([
    [
      '{ from: lcov, files: coverage/lcov.info, value: lines.percent }',
      { from: 'lcov', files: ['coverage/lcov.info'], value: 'lines.percent' },
    ],
    [
      '{ from: report, files: [a.xml, "b/**/*.xml"], value: failed, absent: 0, unit: tests }',
      { from: 'report', files: ['a.xml', 'b/**/*.xml'], value: 'failed', absent: 0, unit: 'tests' },
    ],
    [
      '{ from: http, url: "https://x.example/m?a=1", value: /a/0, auth: { secret: env:T, scheme: bearer }, headers: { X-A: 1 } }',
      {
        from: 'http',
        url: 'https://x.example/m?a=1',
        value: '/a/0',
        auth: { secret: 'env:T', scheme: 'bearer' },
        headers: { 'X-A': '1' },
      },
    ],
    [
      '{ from: prometheus, server: "http://p:9090", query: up, range: 10m, reduce: p95, timeout: 5s }',
      {
        from: 'prometheus',
        server: 'http://p:9090',
        query: 'up',
        range: '10m',
        reduce: 'p95',
        timeout: '5s',
      },
    ],
    [
      '{ from: datadog, apiKey: env:A, applicationKey: vault:dd/keys#app, query: "avg:x{*}", range: 1h, site: datadoghq.eu }',
      {
        from: 'datadog',
        apiKey: 'env:A',
        applicationKey: 'vault:dd/keys#app',
        query: 'avg:x{*}',
        range: '1h',
        site: 'datadoghq.eu',
      },
    ],
    [
      '{ from: newrelic, account: 12, apiKey: env:K, query: SELECT count(*) FROM T, value: /count }',
      { from: 'newrelic', account: 12, apiKey: 'env:K', query: 'SELECT count(*) FROM T', value: '/count' },
    ],
  ])('reads %s', (text, source) => {
    expect(read(text)).toEqual({ source, findings: [] });
  });

  it.each([
    ['lcov', 'type-mismatch', '', 'from: lcov'],
    ['{ files: a }', 'key-missing', 'from', 'prometheus'],
    ['{ from: lcof, files: a, value: b }', 'value-not-allowed', 'from', 'lcov'],
    ['{ from: lcov, files: a, valu: b, value: c }', 'key-unknown', 'valu', 'value'],
    ['{ from: lcov, files: a }', 'key-missing', 'value', 'number'],
    ['{ from: lcov, files: [], value: b }', 'value-out-of-range', 'files', '100'],
    ['{ from: lcov, files: [a, 3], value: b }', 'type-mismatch', 'files[1]', 'glob'],
    ['{ from: lcov, files: a, value: b, timeout: 2m }', 'value-out-of-range', 'timeout', '60s'],
    ['{ from: lcov, files: a, value: b, timeout: 0s }', 'duration-invalid', 'timeout', '10s'],
    ['{ from: http, url: ftp://x/, value: /a }', 'value-not-allowed', 'url', 'https'],
    ['{ from: http, url: "https://u:secret@x/", value: /a }', 'value-not-allowed', 'url', 'by reference'],
    ['{ from: http, url: "https://x/", value: a.b }', 'value-not-allowed', 'value', 'slash'],
    ['{ from: http, url: "https://x/", value: /a~2 }', 'value-not-allowed', 'value', '~1'],
    ['{ from: http, url: "https://x/", value: /a, body: { a: 1 } }', 'value-not-allowed', 'body', 'POST'],
    [
      '{ from: http, url: "https://x/", value: /a, headers: { "a b": c } }',
      'value-not-allowed',
      'headers["a b"]',
      'X-Api-Key',
    ],
    [
      '{ from: http, url: "https://x/", value: /a, headers: { A: "b\\r\\nc" } }',
      'value-not-allowed',
      'headers.A',
      'one line',
    ],
    [
      '{ from: http, url: "https://x/", value: /a, auth: { secret: hunter2 } }',
      'secret-reference-invalid',
      'auth.secret',
      'env:',
    ],
    ['{ from: prometheus, server: "http://p", query: "" }', 'value-out-of-range', 'query', '16384'],
    [
      '{ from: prometheus, server: "http://p", query: up, baselineOffset: 1h }',
      'key-missing',
      'range',
      '30m',
    ],
    [
      '{ from: prometheus, server: "http://p", query: up, reduce: mean }',
      'value-not-allowed',
      'reduce',
      'average',
    ],
    [
      '{ from: prometheus, server: "http://p", query: up, minSamples: 1.5 }',
      'type-mismatch',
      'minSamples',
      'whole',
    ],
    ['{ from: datadog, apiKey: env:A, applicationKey: env:B, query: x }', 'key-missing', 'range', 'time'],
  ])('refuses %s', (text, code, path, words) => {
    const { source, findings } = read(text);
    expect(source).toBeUndefined();
    expect(findings).toEqual([[code, path, expect.stringContaining(words)]]);
    expect(JSON.stringify(findings)).not.toContain('u:secret');
  });
});
