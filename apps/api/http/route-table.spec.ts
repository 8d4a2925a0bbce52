import { describe, expect, it } from '@jest/globals';
import { RouteTable } from './route-table.js';

describe('RouteTable', () => {
  const table = new RouteTable();
  table.add('GET', '/runs/:id');
  table.add(['POST', 'PUT'], '/runs/:id');
  table.add('GET', '/docs-json');
  table.add('GET', '/files/*');

  it.each([
    ['/runs/1', ['GET', 'POST', 'PUT']],
    ['/runs/a%2Fb', ['GET', 'POST', 'PUT']],
    ['/runs/', []],
    ['/runs/1/steps', []],
    ['/docs-json', ['GET']],
    ['/files/x', []],
    ['/filesXx', []],
  ])('%s', (path, methods) => {
    expect(table.methodsOf(path)).toEqual(methods);
  });
});
