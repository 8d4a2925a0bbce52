import type { BenchServer } from './server.js';

/** A workflow of one step. */
const DEFINITION = `
sluice: 1
name: bench-start
inputs:
  who: { type: string, default: world }
stages:
  all:
    steps:
      say: { set: { text: "hello \${{ inputs.who }}" } }
`;

export async function saveHello(api: BenchServer): Promise<void> {
  const answer = await fetch(`${api.url}/api/v1/workflows`, {
    method: 'POST',
    headers: { ...api.headers, 'content-type': 'application/yaml' },
    body: DEFINITION,
  });
  if (!answer.ok) throw new Error(await answer.text());
}
