import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestPlatform } from '../platform.js';

/** Whose projects no other may see; schemathesis reads as one what the other made. */
export const PEERS = ['alpha', 'beta'];
/** Its keys are no affair of the administrators of other projects: so nobody revokes the key that it asks by. */
const ELSEWHERE = 'elsewhere';

const DEFINITION = `
sluice: 1
name: hello
inputs:
  who: { type: string, default: world }
stages:
  greet:
    steps:
      say: { set: { text: "hello \${{ inputs.who }}" } }
      ask: { approval: { by: [approver], message: Shall it go on? } }
`;

/**
 * Two projects of their own administrators, each with something in it, and a file by which schemathesis is these
 * administrators, or that of all projects where they may not. Answers with the path of the file.
 */
export async function prepareIdentities(platform: TestPlatform, folder: string): Promise<string> {
  for (const name of [...PEERS, ELSEWHERE]) await require(platform, 'POST', '/projects', { name });
  const auth: object[] = [];
  for (const name of PEERS) {
    const rights = { name: `fuzz-${name}`, roles: ['admin'], projects: [name, ELSEWHERE] };
    const { key } = await require<{ key: string }>(platform, 'POST', '/api-keys', rights);
    const headers = { Authorization: `Bearer ${key}`, 'X-Sluice-Project': name };
    await fill(platform, headers);
    auth.push({ name, fixedHeaders: toFixed(headers) });
  }
  const { authorization } = platform.authorization;
  const everywhere = { Authorization: authorization, 'X-Sluice-Project': PEERS[0]! };
  auth.splice(1, 0, { name: 'everywhere', fixedHeaders: toFixed(everywhere) });
  const file = join(folder, 'identities.json');
  await writeFile(file, JSON.stringify({ auth }), { mode: 0o600 });
  return file;
}

/** A project that holds something cannot be removed, and lists that hold something say what they list. */
async function fill(platform: TestPlatform, headers: Record<string, string>): Promise<void> {
  const yaml = { ...headers, 'content-type': 'application/yaml' };
  await require(platform, 'POST', '/workflows', DEFINITION, yaml);
  const reason = 'something to ask for';
  await require(platform, 'POST', '/workflows/hello/versions/1/publish', {
    version: '1.0.0',
    reason,
  }, headers);
  for (const who of ['one', 'two'])
    await require(platform, 'POST', '/workflows/hello/execute', { inputs: { who } }, headers);
}

async function require<T>(
  platform: TestPlatform,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  const answer = await platform.request<T>(method, path, body, headers);
  if (answer.status >= 300) {
    throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
  return answer.body;
}

/** With the names of headers as schemathesis writes them, which it compares letter by letter. */
function toFixed(headers: Record<string, string>) {
  return Object.entries(headers).map(([name, value]) => ({ name, value }));
}
