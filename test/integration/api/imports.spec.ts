import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiFixture, createApiFixture } from './api-fixture.js';

const GOOD = 'name: imported\nsteps: [{ id: build, type: command, command: make }]\n';
const BAD = 'name: bad\nsteps: [{ id: a, command: a, frobnicate: 1 }]\n';

describe('imports', () => {
  let api: ApiFixture;
  beforeAll(async () => {
    api = await createApiFixture();
  });
  afterAll(() => api?.close());

  const post = (files: readonly (readonly [string, string])[], more: object = {}) =>
    api.post('/api/v1/imports', { files: files.map(([name, content]) => ({ name, content })), ...more });

  it('tell what became of each file, and store nothing unless asked to', async () => {
    const { status, body } = await post([
      ['good.yaml', GOOD],
      ['bad.yaml', BAD],
    ]);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      takenOver: 1,
      refused: 1,
      workflows: [
        { file: 'good.yaml', format: 'steps', name: 'imported', takenOver: true, findings: [] },
        { file: 'bad.yaml', takenOver: false, findings: [{ code: 'steps-key-unknown', line: 2 }] },
      ],
    });
    expect(body.workflows[0].definition).toContain('uses: command/run');
    expect((await api.get('/api/v1/workflows/imported')).status).toBe(404);
  });

  it('store what was taken over, once, and are audited', async () => {
    const caller = post([['good.yaml', GOOD]], { save: true });
    expect((await caller).body.workflows[0].workflow).toMatchObject({ version: 1, outcome: 'created' });
    const again = await post([['good.yaml', GOOD]], { save: true });
    expect(again.body.workflows[0].workflow).toMatchObject({ version: 1, outcome: 'unchanged' });
    const audit = await api.database.dataSource.query(`SELECT action FROM audit_log WHERE object_id = $1`, [
      again.body.workflows[0].workflow.id,
    ]);
    expect(audit).toEqual([{ action: 'workflow.create' }]);
  });

  it('store all or nothing where that is asked for', async () => {
    const files = [
      ['one.yaml', GOOD.replace('imported', 'one')],
      ['bad.yaml', BAD],
    ] as const;
    const { body } = await post(files, { save: true, allOrNothing: true });
    expect(body.workflows.map((each: { workflow?: object }) => each.workflow)).toEqual([
      undefined,
      undefined,
    ]);
    expect((await api.get('/api/v1/workflows/one')).status).toBe(404);
    expect((await post(files, { save: true })).body.workflows[0].workflow).toMatchObject({
      outcome: 'created',
    });
  });

  it('store one that calls another of the same call, in whatever order', async () => {
    const parent = 'name: parent\nsteps: [{ id: call, type: workflow, workflow: child }]\n';
    const { body } = await post(
      [
        ['parent.yaml', parent],
        ['child.yaml', GOOD.replace('imported', 'child')],
      ],
      {
        save: true,
        allOrNothing: true,
      },
    );
    expect(body).toMatchObject({ takenOver: 2, workflows: [{ findings: [] }, { findings: [] }] });
    const alone = await post([['parent.yaml', parent.replace('child', 'nobody')]], { save: true });
    expect(alone.body.workflows[0]).toMatchObject({
      takenOver: false,
      findings: [{ code: 'workflow-unknown' }],
    });
  });

  it.each([
    ['no file', { files: [] }],
    ['too many', { files: Array.from({ length: 1_001 }, () => ({ name: 'a', content: '' })) }],
    ['no text', { files: [{ name: 'a', content: 1 }] }],
    ['another format', { files: [{ name: 'a', content: GOOD }], format: 'argo' }],
    ['other keys', { files: [{ name: 'a', content: GOOD }], store: true }],
  ])('refuse %s', async (_, body) => {
    expect(await api.post('/api/v1/imports', body)).toMatchObject({
      status: 400,
      body: { code: 'request-invalid' },
    });
  });
});
