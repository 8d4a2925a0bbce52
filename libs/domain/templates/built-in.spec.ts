import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import type { JsonObject } from '../json.js';
import { instantiate } from './instantiate.js';
import { readTemplate } from './read-template.js';

const FOLDER = new URL('../../../templates/', import.meta.url);
const NAMES = readdirSync(FOLDER).map((file) => file.replace(/\.yaml$/, ''));

/** For each, values of the variables that have no default, then others that leave nothing optional out, or everything. */
const VALUES: Readonly<Record<string, readonly JsonObject[]>> = {
  'build-matrix': [{}, { check_out: true, repository: 'https://git.example.com/shop.git' }],
  'canary-by-region': [{}, { regions: ['eu'], announce: false }],
  'database-migration': [
    { database: 'shop', backup: 'cp db copy', migrate: 'sed -i s/1/2/ db', restore: 'mv copy db' },
    { database: 'shop', backup: 'a', migrate: 'b', restore: 'c', ask: false },
  ],
  'dependency-update': [
    { repository: 'https://git.example.com/shop.git' },
    { repository: '/srv/shop', groups: ['all'], ask: false },
  ],
  'fan-out': [{ items: ['a', 'b'], command: 'echo "$ITEM"' }],
  'incident-response': [{ remedy: 'systemctl restart shop' }],
  'nightly-job': [{ run: ['make', 'backup'] }, { run: ['make', 'backup'], report: true }],
  'release-with-approval': [
    { service: 'shop' },
    { service: 'shop', checks: ['test'], quorum: 2, approvers: ['a', 'b'] },
  ],
  'verify-repository': [
    { repository: 'https://git.example.com/shop.git', test: ['npm', 'test'] },
    { repository: '/srv/shop', test: ['make', 'test'], needs_install: true },
  ],
};

describe('the built-in templates', () => {
  it('are all tried here', () => {
    expect(Object.keys(VALUES).sort()).toEqual(NAMES.sort());
    expect(NAMES.length).toBeGreaterThanOrEqual(8);
  });

  it.each(NAMES)('%s is valid, describes itself and its variables, and is found by a tag', (name) => {
    const { template, findings } = readTemplate(readFileSync(new URL(`${name}.yaml`, FOLDER), 'utf8'));
    expect(findings).toEqual([]);
    expect(template!.name).toBe(name);
    expect(template!.description).toMatch(/\.$/);
    expect(template!.tags.length).toBeGreaterThan(0);
    const silent = Object.entries(template!.variables).filter(
      ([, schema]) => schema['description'] === undefined,
    );
    expect(silent).toEqual([]);
  });

  it.each(Object.entries(VALUES).flatMap(([name, all]) => all.map((values) => [name, values] as const)))(
    '%s with %j becomes a definition that compiles',
    (name, values) => {
      const { template } = readTemplate(readFileSync(new URL(`${name}.yaml`, FOLDER), 'utf8'));
      const made = instantiate(template!, values, ACTIONS);
      if (!made.ok) throw new Error(JSON.stringify(made, null, 2));
      expect(made.text).not.toContain('$[[');
      expect(made.reading.workflow!.compile().nodes.length).toBeGreaterThan(1);
    },
  );
});
