import { describe, expect, it } from '@jest/globals';
import { parseRoles, rolesOf } from './roles.js';

describe('parseRoles', () => {
  it.each<[string, Record<string, readonly string[]>]>([
    ['', {}],
    ['*=admin', { '*': ['admin'] }],
    ['ann=approver,operator;bob=approver', { ann: ['approver', 'operator'], bob: ['approver'] }],
    [' ann = approver , approver ; ; ', { ann: ['approver'] }],
    ['ann=', { ann: [] }],
    ['a@b.org=x', { 'a@b.org': ['x'] }],
    ['constructor=x', { constructor: ['x'] }],
  ])('reads %j', (text, expected) => {
    expect(parseRoles(text)).toEqual({ ok: true, table: new Map(Object.entries(expected)) });
  });

  it.each([
    ['ann', /name=role/],
    ['ann=a=b', /name=role/],
    ['=a', /must name people/],
    ['ann smith=a', /must name people/],
    [`${'a'.repeat(101)}=a`, /must name people/],
    ['ann=a;ann=b', /ann twice/],
    ['ann=Boss', /"Boss"/],
    ['ann=user:bob', /"user:bob"/],
    [Array.from({ length: 10_001 }, (_, index) => `p${index}=a`).join(';'), /more than 10000/],
  ])('refuses %j', (text, message) => {
    expect(parseRoles(text)).toEqual({ ok: false, message: expect.stringMatching(message) });
  });
});

describe('rolesOf', () => {
  const table = (text: string) => {
    const parsed = parseRoles(text);
    if (!parsed.ok) throw new Error(parsed.message);
    return parsed.table;
  };

  it('gives people what they have, everybody else what all have, and nobody more', () => {
    const roles = table('ann=approver;bob=;*=viewer');
    expect(['ann', 'bob', 'cid', '*', 'constructor'].map((person) => rolesOf(roles, person))).toEqual([
      ['approver'],
      [],
      ['viewer'],
      [],
      ['viewer'],
    ]);
    expect(rolesOf(table('ann=approver'), 'cid')).toEqual([]);
  });
});
