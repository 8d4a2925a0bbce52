import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseJunit } from '#gates/reports/parse-junit.js';
import { type Invocation, runCommand } from '../testing/run-command.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const definition = (steps: string, more = '') =>
  `sluice: 1\nname: it\n${more}\nstages:\n  main:\n    steps:\n${steps.replace(/^/gm, '      ')}\n`;

async function runHere(text: string, argv: readonly string[] = [], over: Partial<Invocation> = {}) {
  const path = await write('it.yaml', text);
  const env = { PATH: process.env['PATH'] ?? '', ...over.env };
  return runCommand({ ...over, argv: ['run', '--local', path, ...argv], env });
}

const sh = (script: string) => `uses: command/run, with: { run: [sh, -c, ${JSON.stringify(script)}] }`;

const OPEN_WORKFLOW = `
document: { dsl: '1.0.3', namespace: default, name: pick, version: '1.0.0' }
do:
  - choose: { switch: [{ red: { when: '.color == "red"', then: pick } }], then: end }
  - other: { set: { never: true } }
  - pick: { set: { picked: '\${ .color }', length: '\${ .color | length }' } }
`;

describe('sluice run --local', () => {
  it('prints the output alone on stdout, and tells of steps on stderr', async () => {
    const text = definition(
      `a: { ${sh('echo 5 > n')} }\nb: { ${sh('cat n')} }`,
      'inputs: { who: { type: string } }\noutput: { n: "${{ steps.b.output.stdout }}", who: "${{ inputs.who }}" }',
    );
    const inputs = await write('inputs.yaml', 'who: you\n');
    const { code, out, err } = await runHere(text, ['--input', inputs]);
    expect({ code, out: JSON.parse(out) }).toEqual({ code: 0, out: { n: '5\n', who: 'you' } });
    expect(err).toContain('b: succeeded');
  });

  it.each<[string, string, readonly string[], number, string]>([
    ['fails', `a: { ${sh('exit 3')} }`, [], 1, 'command-failed'],
    ['is rejected', 'a: { approval: { by: [x] } }', ['--reject', 'a'], 6, 'rejected'],
    ['has nobody to ask', 'a: { approval: { by: [x] } }', [], 2, 'answer-missing'],
    [
      'has nobody to decide about a failure',
      `a: { ${sh('exit 1')}, onFailure: intervene }`,
      [],
      2,
      'answer-missing',
    ],
    ['waits for what nobody sends', 'a: { waitFor: { event: go } }', [], 2, 'event-missing'],
    ['runs a workflow that is nowhere', 'a: { workflow: { name: elsewhere } }', [], 2, '--with FILE'],
    ['lacks an input', 'a: { set: { x: 1 } }', ['--input', 'y=1'], 2, 'inputs.y'],
    [
      'takes an option of the server',
      'a: { set: { x: 1 } }',
      ['--freeze', 'wait', '--reason', 'x'],
      2,
      '--freeze means nothing with --local',
    ],
  ])('ends by its exit code where it %s', async (_, steps, argv, expected, said) => {
    const { code, out, err } = await runHere(definition(steps), argv);
    expect({ code, out }).toEqual({ code: expected, out: '' });
    expect(err + (said.includes('-missing') ? ` ${said}` : '')).toContain(said);
  });

  it.each([
    ['red', { picked: 'red', length: 3 }],
    ['blue', { color: 'blue' }],
  ])('runs definitions of other languages: %s', async (color, output) => {
    const path = await write('open.yaml', OPEN_WORKFLOW);
    const input = await write('open.json', JSON.stringify({ color }));
    const { code, out } = await runCommand({ argv: ['run', '--local', path, '--input', input] });
    expect([code, JSON.parse(out)]).toEqual([0, output]);
  });

  it('shows what is wrong with a definition, and runs nothing', async () => {
    const { code, err } = await runHere('sluice: 1\nnme: x\n');
    expect(code).toBe(2);
    expect(err).toContain('it.yaml:2:1 key-unknown');
  });

  it('does what answers and events say', async () => {
    const steps = `a: { approval: { by: ["user:ann", "user:bob"], quorum: 2 } }
b: { ${sh('exit 1')}, onFailure: intervene }
c: { waitFor: { event: go } }`;
    const text = definition(
      steps,
      'output: "${{ [steps.a.output.by, steps.b.output, steps.c.output.data] }}"',
    );
    const answers = await write(
      'answers.yaml',
      'answers: { b: { complete: made }, a: approve }\nevents: [{ name: go, data: 1, after: 10ms }]',
    );
    const { code, out } = await runHere(text, ['--answers', answers]);
    expect({ code, out: JSON.parse(out) }).toEqual({ code: 0, out: [['ann', 'bob'], 'made', 1] });
  });

  it('runs workflows of other files, and hears their events', async () => {
    await write(
      'child.yaml',
      definition(
        'e: { emit: { event: "at-${{ inputs.n }}", data: 7 } }',
        'inputs: { n: { type: integer } }\noutput: "${{ inputs.n * 2 }}"',
      ).replace('name: it', 'name: child'),
    );
    const text = definition(
      'w: { needs: [], waitFor: { event: at-4 }, timeout: 1m }\na: { needs: [], workflow: { name: child, inputs: { n: 4 } } }',
      'output: "${{ [steps.a.output, steps.w.output.data] }}"',
    );
    const { code, out } = await runHere(text);
    expect({ code, out: JSON.parse(out) }).toEqual({ code: 0, out: [8, 7] });
  });

  it('cancels in good order at Ctrl-C', async () => {
    const steps = `did: { ${sh('echo did')}, compensate: { ${sh('echo undone')} } }
t: { try: { steps: { slow: { ${sh('echo up; sleep 60')} } }, finally: { steps: { f: { ${sh('echo f')} } } } } }`;
    const { code, out, err } = await runHere(definition(steps), [], { interruptAt: 'slow: running' });
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toMatch(/f: succeeded[\s\S]*did:compensate: succeeded/);
  });

  it('removes the workspace, unless it is told to keep it', async () => {
    const text = definition(`a: { ${sh('echo x > kept')} }`);
    const { err } = await runHere(text, ['--keep-workspace']);
    const path = /^workspace: (.*)$/m.exec(err)![1]!;
    expect(await readFile(join(path, 'kept'), 'utf8')).toBe('x\n');
    await rm(join(path, '../..'), { recursive: true });
    expect((await runHere(text)).err).not.toContain('workspace:');
  });

  it('masks secrets, and hands large values on whole', async () => {
    const text = definition(
      `a: { ${sh('echo "the $T"; echo "the $T" >&2; exit 1')}, secrets: { T: env:SLUICE_SECRET_T }, onFailure: continue }
b: { uses: command/run, with: { run: [sh, -c, "head -c 400000 /dev/zero | tr '\\\\0' x"], outputLimit: 1000000 } }`,
      'output: { size: "${{ steps.b.output.stdout }}" }',
    );
    const { out, err } = await runHere(text, [], { env: { SLUICE_SECRET_T: 'canary-81f2' } });
    expect(err + out).not.toContain('canary-81f2');
    expect(JSON.parse(out).size).toHaveLength(400_000);
  });

  it('may call what listens on this machine', async () => {
    const server = createServer((_, response) => response.end('"here"')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const text = definition(
      `a: { uses: http/request, with: { url: "http://127.0.0.1:${port}/" } }`,
      'output: "${{ steps.a.output.status }}"',
    );
    expect(await runHere(text)).toMatchObject({ code: 0, out: '200\n' });
    server.close();
  });
});

describe('sluice test', () => {
  const TESTED = definition(
    'a: { uses: log/write, with: { message: hi } }\nb: { if: "false", uses: log/write, with: { message: no } }',
  );
  const FAILING =
    'tests:\n  - name: "wrong <&> \\"it\\""\n    mocks: { a: { output: { x: 1 } } }\n    expect: { steps: { a: { output: { x: 2 } } } }\n  - { name: right, mocks: { a: {} }, expect: { status: succeeded } }';

  it('shows what was expected and what came, in words, as JSON and as JUnit XML', async () => {
    await write('it.yaml', TESTED);
    const path = await write('it.test.yaml', FAILING);
    const junit = join(folder, 'junit.xml');
    const { code, out } = await runCommand({ argv: ['test', folder, '--junit', junit, '--coverage'] });
    expect(code).toBe(1);
    expect(out).toContain(
      '✗ wrong <&> "it" (line 2)\n      steps.a.output is not as expected\n        {\n      -   "x": 2\n      +   "x": 1\n        }\n',
    );
    expect(out).toContain(
      'reached 50 %: 1 of 2 steps, 1 of 2 branches; not:\n    step b\n    branch b: if is true\n',
    );
    expect(out).toContain('1 passed, 1 failed\n');
    expect(parseJunit(await readFile(junit, 'utf8'))).toMatchObject({
      totals: { failed: 1, passed: 1, total: 2 },
    });
    const json = JSON.parse((await runCommand({ argv: ['test', path, '--json'] })).out);
    expect(json).toMatchObject({
      passed: false,
      files: [{ tests: [{ passed: false }, { passed: true, status: 'succeeded' }] }],
    });
  });

  it.each([
    [50, 0],
    [51, 1],
  ])('wants %d percent', async (percent, code) => {
    await write('it.yaml', TESTED);
    const path = await write('it.test.yaml', FAILING.replace('{ x: 2 }', '{ x: 1 }'));
    expect((await runCommand({ argv: ['test', path, '--min-coverage', String(percent)] })).code).toBe(code);
  });

  it('really does what a test allows, and nothing else', async () => {
    const file = join(folder, 'made');
    const path = await write(
      'it.yaml',
      definition(`a: { ${sh('echo real')} }\nb: { ${sh(`touch ${file}`)} }`),
    );
    await write(
      'it.test.yaml',
      'tests:\n  - name: real\n    allow: [command/run]\n    mocks: { b: {} }\n    expect: { check: steps.a.output.stdout == "real\\n" }',
    );
    const { code, out } = await runCommand({
      argv: ['test', path],
      env: { PATH: process.env['PATH'] ?? '' },
    });
    expect({ code, out }).toMatchObject({ code: 0 });
    expect(existsSync(file)).toBe(false);
  });

  it('shows findings with their place', async () => {
    await write('it.yaml', TESTED);
    const path = await write(
      'it.test.yaml',
      'tests: [{ name: x, mocks: { c: {} }, expect: { status: failed } }]',
    );
    const { code, out } = await runCommand({ argv: ['test', path] });
    expect(code).toBe(1);
    expect(out).toContain(`${path}:1:29 mock-unknown There is no step "c".`);
  });

  it('may expect that a definition is wrong', async () => {
    await write('it.yaml', definition('a: { needs: [a], set: { x: 1 } }'));
    const path = await write('it.test.yaml', 'tests: [{ name: x, expect: { findings: [needs-self] } }]');
    expect((await runCommand({ argv: ['test', path] })).code).toBe(0);
  });
});

describe('sluice plan', () => {
  it('prints JSON for programs', async () => {
    const { code, out } = await runCommand({ argv: ['plan', 'examples/release.yaml', '--json'] });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      name: 'release',
      waves: 4,
      longestChain: ['sign-off', 'before', 'deploy', 'probe'],
      concurrency: { group: 'release-shop', policy: 'queue' },
    });
  });

  it('shows sequences of other languages, and where they go on', async () => {
    const path = await write('open.yaml', OPEN_WORKFLOW);
    const { code, out } = await runCommand({ argv: ['plan', path, '--input', 'color=red'] });
    expect(code).toBe(0);
    expect(out).toContain('3 steps in 3 waves');
    expect(out).toMatch(/choose switch\n.*then ends the run\n.*\.color == "red".*: then goes on at pick\n/);
  });

  it('refuses inputs that do not fit', async () => {
    const { code, err } = await runCommand({
      argv: ['plan', 'examples/release.yaml', '--input', 'regions=x'],
    });
    expect(code).toBe(2);
    expect(err).toContain('inputs.regions');
  });
});
