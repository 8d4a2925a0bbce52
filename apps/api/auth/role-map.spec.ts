import { describe, expect, it } from '@jest/globals';
import { parseRoleMap, rolesOfGroups } from './role-map.js';

describe('parseRoleMap', () => {
  it('says what groups are in projects, and in all', () => {
    const map = parseRoleMap(' ops=*:admin ; web team=web:developer,approver;web team=api:viewer;');
    expect(rolesOfGroups(map, ['ops', 'nobody'], 'web')).toEqual({ inside: [], everywhere: ['admin'] });
    expect(rolesOfGroups(map, ['web team'], 'web')).toEqual({
      inside: ['developer', 'approver'],
      everywhere: [],
    });
    expect(rolesOfGroups(map, ['web team'], 'api').inside).toEqual(['viewer']);
    expect(rolesOfGroups(map, ['__proto__', 'constructor'], 'web').inside).toEqual([]);
  });

  it.each([
    'ops',
    'ops=admin',
    'ops=*:',
    'ops=*:Boss',
    'ops=Web:admin',
    '=*:admin',
    'a=b=c:admin',
    'a=*:b:c',
  ])('refuses %s', (text) => {
    expect(() => parseRoleMap(text)).toThrow(expect.objectContaining({ code: 'setting-invalid' }));
  });
});
