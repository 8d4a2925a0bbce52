import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeServer } from './describe-server.js';
import { Hudson } from './hudson/hudson.js';

describeServer('hudson', 'Hudson 3.3.2', (war) => {
  let hudson: Hudson;
  beforeAll(async () => {
    hudson = await Hudson.start(war);
    await hudson.createJob('app', { script: 'echo hello', parameters: { sluice_key: '' } });
  });
  afterAll(() => hudson?.close());

  it('answers', async () => {
    expect((await fetch(`${hudson.url}/job/app/api/json`)).status).toBe(200);
  });
});
