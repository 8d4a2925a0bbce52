import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runCommand } from '../testing/run-command.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-export-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const CASES: readonly (readonly [name: string, lines: string, ...inputs: string[]])[] = [
  [
    'values and expressions',
    `
inputs: { who: { type: string, default: world }, count: { type: integer, default: 3 } }
stages:
  first:
    steps:
      greet: { set: { text: "Hello, \${{ inputs.who }}! \${{ inputs.count }}", raw: "a \\"b\\" c", list: [1, "\${{ inputs.count + 1 }}"] } }
  second:
    steps:
      judge:
        set:
          long: "\${{ size(steps.greet.output.text) > 10 && inputs.who.startsWith('w') }}"
          in: "\${{ inputs.who in ['world', 'all'] || !(inputs.count >= 3) }}"
          choice: "\${{ inputs.count == 3 ? 'three' : 'other' }}"
          member: "\${{ steps.greet.output.list[1] }}"
          upper: "\${{ inputs.who.upperAscii() }}"
output: { judge: "\${{ steps.judge.output }}", text: "\${{ steps.greet.output.text }}" }
`,
    'who=all',
    'count=2',
  ],
  [
    'commands',
    `
stages:
  main:
    steps:
      line: { uses: command/run, with: { run: [sh, -c, 'echo "$GREETING; $#"'], environment: { GREETING: hello } } }
      argv: { uses: command/run, with: { run: [echo, "a b", "\${{ steps.line.output.stdout.trim() }}"] } }
      parsed: { uses: command/run, with: { run: [echo, '{"a": [1, 2]}'], parse: json } }
output:
  argv: "\${{ steps.argv.output.stdout }}"
  second: "\${{ steps.parsed.output.result.a[1] }}"
  code: "\${{ steps.argv.output.exitCode }}"
`,
  ],
  [
    'conditions, choices and loops',
    `
inputs: { size: { type: string, default: large } }
stages:
  main:
    steps:
      never: { if: inputs.size == "none", set: { a: 1 } }
      pause: { wait: 1ms }
      choose:
        switch:
          - { if: inputs.size == "small", steps: { little: { set: { is: little } } } }
          - { if: inputs.size == "large", steps: { much: { set: { is: much } } } }
          - { steps: { other: { set: { is: other } } } }
      each:
        forEach: { in: [1, 2, 3], as: n, limit: 1 }
        steps: { echo: { uses: command/run, with: { run: [echo, "\${{ string(n) }}"] } } }
      tell: { emit: { event: done, data: { size: "\${{ inputs.size }}" } } }
output: "\${{ inputs.size }}"
`,
  ],
];

describe('a definition and what it is exported as', () => {
  it.each(CASES)('come to the same output: %s', async (_, lines, ...inputs) => {
    const [ours, standard] = [join(folder, 'ours.yaml'), join(folder, 'standard.yaml')];
    await writeFile(ours, `sluice: 1\nname: both${lines}`);
    const exported = await runCommand({
      argv: ['export', ours, '--format', 'open-workflow', '--out', standard],
    });
    expect(exported).toMatchObject({ code: 0 });
    for (const given of [[], inputs.flatMap((each) => ['--input', each])]) {
      const [a, b] = [
        await runCommand({ argv: ['run', '--local', ours, ...given] }),
        await runCommand({ argv: ['run', '--local', standard, ...given] }),
      ];
      expect({ code: b.code, out: b.out, err: b.code === 0 ? '' : b.err }).toEqual({
        code: 0,
        out: a.out,
        err: '',
      });
      expect(a.code).toBe(0);
    }
  });
});
