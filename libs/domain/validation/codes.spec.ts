import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { FINDING_CODES } from './codes.js';

describe('docs/findings.md', () => {
  const text = readFileSync(new URL('../../../docs/findings.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| `([^`]+)` \| (.*) \| (.*) \|$/gm)];
  const documented = rows.map(([, code, cause, cure]) => [code, { cause, cure }]);

  it('holds each code once, with the same cause and cure', () => {
    expect(documented).toEqual(Object.entries(FINDING_CODES));
  });
});

describe('FINDING_CODES', () => {
  it.each(Object.entries(FINDING_CODES))(
    '%s tells cause and cure in whole sentences',
    (code, { cause, cure }) => {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(cause).toMatch(/^[A-Z`].*\.$/s);
      expect(cure).toMatch(/^[A-Z`].*\.$/s);
    },
  );
});
