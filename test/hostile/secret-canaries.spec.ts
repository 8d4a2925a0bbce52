import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from '#contracts/rest/page.js';
import type { LogView } from '#contracts/rest/runs.js';
import { FakeVault } from '../../libs/connectors/secrets/vault/testing/fake-vault.js';
import { holdsSecret } from '../canaries.js';
import { TestPlatform } from '../platform.js';
import { readAnswers, readFiles, readHistories, readTables } from '../stored-texts.js';

/** Each canary holds a marker of letters and digits, which every encoding but base64 leaves as it is. */
const MARKERS = [
  'envCanary7f3a9c1d',
  'fileCanary20b6e4',
  'laterCanary5c81d0',
  'vaultCanary9e2f47',
  'basicCanary63d8a1',
];
const [ENV = '', FILE = '', LATER = '', VAULT = '', BASIC = ''] = MARKERS;
const CANARIES = {
  env: `a/b+c ${ENV} <"é"> & 'it'`,
  file: `-----BEGIN KEY-----\n${FILE}${'Zk3'.repeat(30)}\n  ${LATER}\n-----END KEY-----\n`,
  vault: `tok/${VAULT}=="&<'>`,
  basic: `pass:${BASIC}%/`,
} as const;

const SHOW = [
  'for each in "$ENV_ONE" "$VAULT_ONE" "$(cat "$KEY")"; do',
  '  printf "%s\\n" "$each"; printf "%s\\n" "$each" >&2; printf "%s" "$each" | base64; printf "user:%s" "$each" | base64 -w 0; echo',
  'done',
  'base64 -w 64 < "$KEY"',
  'sh -x -c \'true "$1"\' sh "$ENV_ONE"',
  'printf "%s\\n" "$ENV_ONE" > leak.txt; cp "$KEY" leak.key; printf "{\\"%s\\": 1}" "$VAULT_ONE" > leak.json',
].join('\n');

const SECRETS =
  'secrets: { ENV_ONE: env:SLUICE_SECRET_ONE, VAULT_ONE: "vault:ci/deploy/one#token", KEY: { from: "file:$FILE", as: file } }';

const DEFINITION = `
sluice: 1
name: canaries
stages:
  work:
    steps:
      show:
        uses: command/run
        with: { run: [sh, -c, $SHOW] }
        ${SECRETS}
      afterwards:
        uses: command/run
        with: { run: [sh, -c, 'cat leak.txt leak.key leak.json; base64 leak.key; cat leak.txt >&2'] }
      large:
        uses: command/run
        with: { run: [sh, -c, 'yes "words and words and words $ENV_ONE" | head -n 9000'], outputLimit: 1048576 }
        ${SECRETS}
      cut:
        uses: command/run
        with: { run: [sh, -c, 'yes "$ENV_ONE" | head -n 300'], outputLimit: 1000 }
        ${SECRETS}
      failing:
        uses: command/run
        with: { run: [sh, -c, 'cat "$KEY" >&2; echo "fatal: unable to access $VAULT_ONE: Could not resolve host: $ENV_ONE" >&2; exit 3'] }
        ${SECRETS}
        onFailure: continue
        retry: { attempts: 2, delay: 10ms }
      parse:
        uses: command/run
        with: { run: [sh, -c, 'echo "{ $ENV_ONE"'], parse: json }
        ${SECRETS}
        onFailure: continue
      token:
        uses: http/request
        with: { url: $URL/echo, method: POST, body: { a: 1 }, echo: true, auth: { secret: "vault:ci/deploy/one#token", prefix: "Bearer " } }
      password:
        uses: http/request
        with: { url: $URL/echo, read: raw, auth: { secret: "vault:ci/basic#login", scheme: basic } }
      refused:
        uses: http/request
        with: { url: $URL/refuse, auth: { header: X-Key, secret: "vault:ci/deploy/one#token" } }
        onFailure: continue
      agent:
        uses: agent/invoke
        with: { agent: telling, input: { a: 1 } }
      agent-refusing:
        uses: agent/invoke
        with: { agent: refusing, input: { a: 1 } }
        onFailure: continue
      unreachable:
        uses: http/request
        with: { url: "http://127.0.0.1:1/", auth: { secret: "vault:ci/deploy/one#token" } }
        onFailure: continue
      missing:
        uses: command/run
        with: { run: ["true"] }
        secrets: { NONE: "vault:ci/nothing#x" }
        onFailure: continue
      tell:
        uses: log/write
        with: { message: "\${{ steps.show.output.stdout + steps.failing.error.message }}" }
      pass-on:
        set: { said: "\${{ steps.refused.error.message }}" }
      end:
        try:
          steps:
            raise-it: { raise: { error: code, message: "\${{ steps.failing.error.message + steps.token.output.body.headers.authorization }}" } }
          catch:
            - steps:
                done: { uses: log/write, with: { message: the canaries are out } }
output: { shown: "\${{ steps.show.output.stdout }}", answer: "\${{ steps.token.output }}", raw: "\${{ steps.password.output.body }}" }
`;

describe('secrets of every source', () => {
  let vault: FakeVault;
  let server: ReturnType<typeof createServer>;
  let platform: TestPlatform;
  let folder = '';
  const own: string[] = [];

  beforeAll(async () => {
    vault = await FakeVault.start();
    await vault.write('ci', 'deploy/one', { token: CANARIES.vault });
    await vault.write('ci', 'basic', { login: { username: 'ann', password: CANARIES.basic } });
    const role = await vault.createRole({ paths: ['deploy/one', 'basic', 'nothing'], ttlSeconds: 600 });
    folder = await mkdtemp(join(tmpdir(), 'canaries-'));
    await writeFile(join(folder, 'key'), CANARIES.file);
    server = createServer((request, response) => {
      const told = JSON.stringify({ headers: request.headers });
      if (request.url === '/echo') {
        response
          .writeHead(200, { 'content-type': 'application/json', 'x-told': encodeURIComponent(told) })
          .end(told);
      } else {
        const key = String(request.headers['x-key']);
        // What is shown of it ends in the middle of the secret.
        response.writeHead(418, { 'x-key': key }).end('-'.repeat(990) + key.repeat(20));
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const [roleId, secretId] = [role.roleId, role.secretId].map((given) =>
      'text' in given ? given.text : '',
    );
    own.push(roleId!, secretId!);
    platform = await TestPlatform.start({
      worker: {
        SLUICE_LOG_LEVEL: 'trace',
        SLUICE_HTTP_ALLOW: '127.0.0.1',
        SLUICE_CALLBACK_URL: 'http://127.0.0.1:1',
        SLUICE_SECRET_ONE: CANARIES.env,
        SLUICE_SECRET_FOLDERS: folder,
        SLUICE_VAULT_ADDRESS: vault.address,
        SLUICE_VAULT_ROLE_ID: roleId!,
        SLUICE_VAULT_SECRET_ID: secretId!,
      },
      api: { SLUICE_LOG_LEVEL: 'trace' },
    });
  });
  afterAll(async () => {
    await platform?.close();
    await vault?.close();
    server?.close();
    server?.closeAllConnections();
    await rm(folder, { recursive: true, force: true });
  });

  it('are in nothing that is stored, printed or answered of a run that tries to show them', async () => {
    const { port } = server.address() as AddressInfo;
    await platform.save(
      DEFINITION.replaceAll('$FILE', join(folder, 'key'))
        .replaceAll('$URL', `http://127.0.0.1:${port}`)
        .replace('$SHOW', () => JSON.stringify(SHOW)),
    );
    for (const [name, path, auth] of [
      ['telling', '/echo', { type: 'bearer' }],
      ['refusing', '/refuse', { type: 'api_key', header: 'X-Key' }],
    ] as const) {
      const secret = 'vault:ci/deploy/one#token';
      const url = `http://127.0.0.1:${port}${path}`;
      const created = await platform.request('POST', '/agents', { name, url, auth: { ...auth, secret } });
      expect(created.status).toBe(201);
    }
    const { id } = await platform.execute('canaries');
    await platform.waitForEnd(id);
    const texts = new Map([['log', await readLogUntil(platform, id, 'the canaries are out')]]);
    expect(statuses(await platform.steps(id))).toMatchObject({
      show: 'succeeded',
      afterwards: 'succeeded',
      large: 'succeeded',
      cut: 'succeeded',
      failing: 'command-failed',
      parse: 'command-output-invalid',
      token: 'succeeded',
      password: 'succeeded',
      agent: 'succeeded',
      'agent-refusing': 'agent-refused',
      refused: 'http-status',
      unreachable: 'http-connection-failed',
      missing: 'secret-not-found',
      tell: 'succeeded',
      end: 'succeeded',
    });

    const answers = await readAnswers(platform, {
      'runs.id': id,
      'workflows.id': 'canaries',
      'versions.version': '1',
      'aliases.name': 'latest',
      'compare.other': id,
      'agents.id': 'telling',
    });
    expect(answers.size).toBeGreaterThan(15);
    for (const [path, answer] of answers) texts.set(`GET ${path}`, answer);
    texts.set('histories', await readHistories(platform.temporal));
    texts.set('tables', await readTables(platform.database.dataSource));
    texts.set('the log of the worker', platform.worker.everythingPrinted);
    texts.set('the log of the API', platform.api.everythingPrinted);
    texts.set('files of the worker', await readFiles(join(platform.home, 'worker'), ['workspaces']));

    // What looks for canaries finds what is there: the masks' own sign, in all that tells of outputs.
    for (const place of [
      'log',
      'histories',
      'tables',
      `GET /api/v1/runs/${id}/events`,
      `GET /api/v1/runs/${id}`,
    ]) {
      expect([place, texts.get(place)?.includes('***')]).toEqual([place, true]);
    }
    const found = [...texts].flatMap(([place, text]) =>
      [...MARKERS, ...own]
        .filter((marker) => holdsSecret(text, marker))
        .map((marker) => `${marker} in ${place}`),
    );
    expect(found).toEqual([]);
  });

  it('would be found', () => {
    const text = (form: string) => `{"a":"some ${form} words"}`;
    expect(holdsSecret(text(ENV), ENV)).toBe(true);
    expect(holdsSecret(text(Buffer.from(`it:${ENV}`).toString('base64')), ENV)).toBe(true);
    expect(holdsSecret(text(`${ENV.slice(0, 8)}\\n${ENV.slice(8)}`), ENV)).toBe(true);
    expect(holdsSecret(text('envCanary'), ENV)).toBe(false);
  });
});

/** The whole log, which is written beside the run and may be a moment behind it. */
async function readLogUntil(platform: TestPlatform, run: string, last: string): Promise<string> {
  const lines: string[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await platform.request<Page<LogView>>('GET', `/runs/${run}/logs?limit=200${cursor}`);
    lines.push(...body.items.map((line) => JSON.stringify(line)));
    if (body.next !== undefined) cursor = `&after=${encodeURIComponent(body.next)}`;
    else if (lines.some((line) => line.includes(last))) return lines.join('\n');
    else await sleep(100);
  }
}

function statuses(
  steps: readonly { readonly key: string; readonly status: string; readonly error?: unknown }[],
) {
  return Object.fromEntries(
    steps.map(({ key, status, error }) => [key, (error as { code?: string } | undefined)?.code ?? status]),
  );
}
