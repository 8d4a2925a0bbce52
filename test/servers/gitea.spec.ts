import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeServer } from './describe-server.js';
import { Gitea } from './gitea/gitea.js';
import { GiteaRunner } from './gitea/runner.js';

const WORKFLOW = `
name: Build
run-name: build \${{ inputs.sluice_key }}
on:
  workflow_dispatch:
    inputs:
      sluice_key: { type: string, required: false }
      seconds: { type: string, default: '1' }
      fail: { type: boolean, default: false }
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - name: compile
        run: |
          echo compiling for \${{ inputs.seconds }}
          sleep \${{ inputs.seconds }}
          echo built > out.txt
      - uses: actions/upload-artifact@v4
        with: { name: out, path: out.txt }
  test:
    needs: build
    runs-on: ubuntu-latest
    steps:
      - run: if [ "\${{ inputs.fail }}" = true ]; then echo it fails; exit 3; fi
`;

describeServer('gitea', 'Gitea 1.26.0', (program) => {
  let gitea: Gitea;
  let runner: GiteaRunner;
  beforeAll(async () => {
    gitea = await Gitea.start(program);
    runner = await GiteaRunner.start(gitea);
  });
  afterAll(async () => {
    await runner?.close();
    await gitea?.close();
  });

  it('answers', async () => {
    const repository = await gitea.createRepository('app', { '.github/workflows/build.yml': WORKFLOW });
    console.log(JSON.stringify(await gitea.ask('GET', `/repos/${repository}/actions/workflows`)));
    console.log(JSON.stringify(await gitea.ask('POST', `/repos/${repository}/actions/workflows/build.yml/dispatches?return_run_details=true`, { ref: 'main', inputs: { sluice_key: 'k1' , fail: 'true'}, return_run_details: true })));
    for (let i = 0; i < 100; i++) {
      const runs = await gitea.ask('GET', `/repos/${repository}/actions/runs`);
      if (runs.workflow_runs[0].status === 'completed') { console.log(JSON.stringify(runs)); break; }
      await sleep(100);
    }
    const jobs = await gitea.ask('GET', `/repos/${repository}/actions/runs/1/jobs`);
    console.log(JSON.stringify(jobs));
    for (const { id } of jobs.jobs) console.log(await (await fetch(`${gitea.api}/repos/${repository}/actions/jobs/${id}/logs`, { headers: { authorization: `token ${gitea.token}` } })).text());
    console.log(JSON.stringify(await gitea.ask('GET', `/repos/${repository}/actions/runs/1/artifacts`)));
    expect(1).toBe(1);
  });
});
