import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const FOLDER = 'node_modules/';
const CURE =
  'Run `npm install --package-lock-only`: without them `npm ci` refuses this lock on other machines.';

/** `a needs b` for each optional package that the lock does not hold; npm leaves out those of other platforms. */
function findMissing(packages: Readonly<Record<string, LockedPackage>>): string[] {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !placesOf(path).some((place) => packages[place + FOLDER + name] !== undefined))
      .map((name) => `${path} needs ${name}`),
  );
}

/** Where Node looks for what the package at `path` imports: its own folder, then each above it. */
function placesOf(path: string): string[] {
  const steps = path === '' ? [] : path.split(`/${FOLDER}`);
  return ['', ...steps.map((_, at) => `${steps.slice(0, at + 1).join(`/${FOLDER}`)}/`)];
}

it('package-lock.json names the optional packages of every platform', () => {
  const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
  const missing = findMissing(packages);
  expect(missing.length === 0 ? '' : `${missing.join('\n')}\n${CURE}`).toBe('');
});

it.each([
  ['at the top', { 'node_modules/b': {} }, []],
  ['inside', { 'node_modules/a/node_modules/b': {} }, []],
  ['nowhere it is looked for', { 'node_modules/c/node_modules/b': {} }, ['node_modules/a needs b']],
])('finds an optional package %s', (_, more, missing) => {
  expect(findMissing({ 'node_modules/a': { optionalDependencies: { b: '1' } }, ...more })).toEqual(missing);
});
