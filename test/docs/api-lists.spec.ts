import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiFixture, createApiFixture, HELLO } from '../integration/api/api-fixture.js';
import { codesIn, findBlocks, findTables, readDocument, sectionOf } from './markdown.js';

const text = readDocument('docs/api-lists.md');
const requests = findBlocks(text)
  .filter(({ info }) => info === 'http')
  .flatMap((block) => block.text.split('\n'));

let api: ApiFixture;
beforeAll(async () => {
  api = await createApiFixture();
  await api.save(HELLO);
});
afterAll(() => api?.close());

describe('docs/api-lists.md', () => {
  it.each(requests)('%s', async (request) => {
    const [method, path] = request.split(' ');
    expect({ method, ...(await api.get(path!)) }).toMatchObject({ method: 'GET', status: 200 });
  });

  it('has every filter of runs', async () => {
    const { body } = await api.get('/docs-json');
    const known: string[] = body.paths['/api/v1/runs'].get.parameters.map(
      ({ name }: { name: string }) => name,
    );
    const filters = known.filter((name) => !['limit', 'after', 'sort', 'total'].includes(name));
    const written = findTables(sectionOf(text, '## Runs'))[0]!.flatMap(([cell]) => codesIn(cell!));
    expect([...written, 'version'].sort()).toEqual(filters.sort());
  });
});
