import type { FakeGitHub } from '#connectors/cicd/testing/fake-github.js';

const LOG = '\u001b[36mCompiling …\u001b[0m\r\nDone in 2 s\n';

/** What the pages find at GitHub: three builds, of which one succeeded, one failed, and one is running. */
export function fillGitHub({ executions }: FakeGitHub): void {
  const states = ['succeeded', 'failed', 'running'] as const;
  for (const state of states) {
    const { id } = executions.start({ pipeline: 'build.yml', ref: 'main', inputs: {}, trigger: 'push' });
    executions.jobOf(id, 'build').log.write(LOG);
    executions.advance(id, 'running');
    if (state !== 'running') executions.advance(id, state);
  }
}
