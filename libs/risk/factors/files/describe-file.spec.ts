import { describe, expect, it } from '@jest/globals';
import { describeFile } from './describe-file.js';

/** What docs/risk-factors.md shows is tested with it; here is what could be mistaken. */
describe('the kind of a file', () => {
  it.each([
    ['latest/greatest.ts', 'code'],
    ['src/Contest.java', 'code'],
    ['src/BasketTest.java', 'test'],
    ['src/BasketIT.java', 'test'],
    ['src/Unit.java', 'code'],
    ['src/protest.go', 'code'],
    ['src/testing.ts', 'code'],
    ['SRC/MAIN.C', 'code'],
    ['no-extension', 'code'],
    ['.eslintrc', 'configuration'],
    ['a/b/.env.production', 'configuration'],
    ['notes.txt', 'documentation'],
    ['src/docs/render.ts', 'code'],
    ['mydist/a.ts', 'code'],
    ['distribution/a.ts', 'code'],
    ['src/vendor/a.ts', 'other'],
    ['migrations.ts', 'code'],
    ['app/migrations/0001_initial.py', 'migration'],
    ['tests/migrations/test_all.py', 'migration'],
    ['k8s/deployment.yaml', 'infrastructure'],
    ['k8s.ts', 'code'],
    ['a.b.c', 'code'],
    ['', 'code'],
    ['a\nb/package.json', 'dependencies'],
    ['x'.repeat(4096), 'code'],
  ])('of %.40j is %s', (path, kind) => {
    expect(describeFile(path).kind).toBe(kind);
  });

  it.each([
    ['openapi.json', true],
    ['api/swagger-v2.yaml', true],
    ['schema.graphql', true],
    ['openapi/paths/users.yaml', true],
    ['src/openapi.ts', false],
    ['types/index.d.ts', true],
    ['include/shop/basket.hpp', true],
    ['src/basket.hpp', false],
  ])('says of %s whether it describes an interface: %s', (path, expected) => {
    expect(describeFile(path).api).toBe(expected);
  });
});
