import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { findProjectRoot } from '../../libs/host/project-root.js';
import { ChangedRepository } from './changed-repository.js';

const ROOT = findProjectRoot();

interface Step {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly shell: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run: string;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

const action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as Action;

/** docs.github.com, "Metadata syntax reference", as far as it is about composite actions whose steps run scripts. */
const NAME = '^[A-Za-z_][A-Za-z0-9_-]*$';
const closed = (required: readonly string[], properties: object) => ({
  type: 'object',
  required,
  properties,
  additionalProperties: false,
});
const text = { type: 'string' };
const named = (each: object) => ({
  type: 'object',
  propertyNames: { pattern: NAME },
  additionalProperties: each,
});
const METADATA = closed(['name', 'description', 'runs'], {
  name: text,
  description: text,
  author: text,
  branding: closed([], {
    icon: { enum: ['shield', 'check-circle', 'activity'] },
    color: { enum: ['white', 'black', 'yellow', 'blue', 'green', 'orange', 'red', 'purple', 'gray-dark'] },
  }),
  inputs: named(
    closed(['description'], {
      description: text,
      required: { type: 'boolean' },
      default: text,
      deprecationMessage: text,
    }),
  ),
  outputs: named(closed(['description', 'value'], { description: text, value: text })),
  runs: closed(['using', 'steps'], {
    using: { const: 'composite' },
    steps: {
      type: 'array',
      minItems: 1,
      items: closed(['run', 'shell'], {
        name: text,
        id: { type: 'string', pattern: NAME },
        if: text,
        run: text,
        shell: { enum: ['bash', 'sh', 'pwsh', 'python'] },
        env: { type: 'object', additionalProperties: text },
        'working-directory': text,
        'continue-on-error': { type: 'boolean' },
      }),
    },
  }),
});

let repository: ChangedRepository;
beforeAll(() => {
  repository = new ChangedRepository();
});
afterAll(() => repository?.remove());

interface Outcome {
  readonly codes: Readonly<Record<string, number | null>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly log: string;
}

/** What the runner does with these inputs. */
function run(inputs: Readonly<Record<string, string>>): Outcome {
  const temporary = mkdtempSync(join(repository.root, 'runner-'));
  const values = { ...defaultsOf(action), ...inputs };
  const codes: Record<string, number | null> = {};
  const outputs: Record<string, string> = {};
  const summary = join(temporary, 'summary');
  writeFileSync(summary, '');
  let log = '';
  for (const step of action.runs.steps) {
    if (step.if !== undefined && values['gate'] === '') continue;
    const failed = Object.values(codes).some((code) => code !== 0);
    if (failed && step.if === undefined) continue;
    const file = join(temporary, 'script.sh');
    const output = join(temporary, `output-${step.id ?? 'none'}`);
    writeFileSync(file, step.run);
    writeFileSync(output, '');
    const env = Object.entries(step.env ?? {}).map(([name, value]) => [name, substitute(value, values)]);
    const done = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file], {
      cwd: repository.folder,
      encoding: 'utf8',
      env: {
        ...repository.env,
        GITHUB_ACTION_PATH: ROOT,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        RUNNER_TEMP: temporary,
        ...Object.fromEntries(env),
      },
    });
    codes[step.name] = done.status;
    log += done.stdout + done.stderr;
    for (const line of readFileSync(output, 'utf8')
      .split('\n')
      .filter((each) => each !== '')) {
      const at = line.indexOf('=');
      outputs[`steps.${step.id}.outputs.${line.slice(0, at)}`] = line.slice(at + 1);
    }
  }
  const told = Object.entries(action.outputs).flatMap(([name, { value }]) => {
    const known = outputs[/^\$\{\{ (\S+) \}\}$/.exec(value)![1]!];
    return known === undefined ? [] : [[name, known]];
  });
  return { codes, outputs: Object.fromEntries(told), summary: readFileSync(summary, 'utf8'), log };
}

function defaultsOf({ inputs }: Action): Record<string, string> {
  return Object.fromEntries(Object.entries(inputs).map(([name, each]) => [name, each.default]));
}

function substitute(value: string, inputs: Readonly<Record<string, string>>): string {
  return value.replace(/\$\{\{ inputs\.([a-z-]+) \}\}/g, (_, name: string) => {
    if (inputs[name] === undefined) throw new Error(`there is no input ${name}`);
    return inputs[name];
  });
}

describe('action.yml', () => {
  it('is a composite action by the published syntax', () => {
    const check = new Ajv({ allErrors: true, strict: false }).compile(METADATA);
    check(action);
    expect(check.errors ?? []).toEqual([]);
  });

  it('has no expression in a script, and every input in a variable', () => {
    const steps = action.runs.steps;
    expect(steps.filter((step) => step.run.includes('${{'))).toEqual([]);
    const used = steps.flatMap(({ env = {} }) => Object.values(env));
    for (const name of Object.keys(action.inputs)) expect(used).toContain(`\${{ inputs.${name} }}`);
  });

  it('says how risky the change is', () => {
    const { codes, outputs, summary, log } = run({ base: 'main~1' });
    expect(codes).toEqual({ 'Prepare Sluice': 0, Risk: 0 });
    expect(outputs).toEqual({
      score: expect.stringMatching(/^\d+(\.\d+)?$/),
      level: expect.stringMatching(/^(low|medium|high)$/),
      'risk-report': expect.any(String),
    });
    const report = JSON.parse(readFileSync(outputs['risk-report']!, 'utf8'));
    expect(String(report.score)).toBe(outputs['score']);
    expect(summary).toMatch(/^### Risk\n\n<pre>\nrisk [\d.]+ of 100/);
    expect(log).toContain(`of 100, ${outputs['level']}`);
  });

  it('judges by a gate as well, also where the risk is too high', () => {
    const { codes, outputs, summary } = run({ 'fail-on': 'low', gate: '.sluice/gates/pre-merge.yaml' });
    expect(codes).toEqual({ 'Prepare Sluice': 0, Risk: 1, Gate: 0 });
    expect(outputs).toMatchObject({ score: expect.any(String), outcome: 'pass' });
    expect(JSON.parse(readFileSync(outputs['gate-report']!, 'utf8'))).toMatchObject({ gate: 'pre-merge' });
    expect(summary).toContain('The gate pre-merge passes');
  });

  it.each<[string, string, number, string, string]>([
    ['a warning that is none', 'change.nf: 4', 0, '0', 'warn'],
    ['a warning that counts', 'change.nf: 4', 1, '1', 'warn'],
    ['a failure', 'change.nf: 9', 1, '0', 'fail'],
    ['something that is not known', 'change.nf: null', 3, '0', 'inconclusive'],
  ])('ends as the gate does: %s', (_, metrics, code, warnExit, outcome) => {
    writeFileSync(join(repository.root, 'metrics.yaml'), `${metrics}\n`);
    writeFileSync(
      join(repository.root, 'gate.yaml'),
      'gate: 1\nname: own\ncriteria: [{ metric: change.nf, pass: "<= 3", warn: "<= 5" }]\ntotal: { pass: 90%, warn: 40% }\n',
    );
    const { codes, outputs } = run({
      gate: join(repository.root, 'gate.yaml'),
      metrics: join(repository.root, 'metrics.yaml'),
      'warn-exit': warnExit,
    });
    expect({ code: codes['Gate'], outcome: outputs['outcome'] }).toEqual({ code, outcome });
  });

  it.each([
    ['base', 'nowhere', 'There is no commit "nowhere" in this clone.'],
    ['repository', '/dev/null', 'sluice'],
    ['fail-on', 'sometimes', 'Allowed choices are low, medium, high'],
  ])('fails, says why, and has no outputs where %s is %j', (name, value, words) => {
    const { codes, outputs, log, summary } = run({ [name]: value });
    expect(codes['Risk']).not.toBe(0);
    expect(outputs).toEqual({});
    if (words !== 'sluice') expect(log).toContain(words);
    expect(summary).toContain('### Risk');
  });

  const HOSTILE = [
    '$(touch pwned)',
    '`touch pwned`',
    '"; touch pwned; "',
    "'; touch pwned; '",
    'main\ntouch pwned\n',
    '--help',
    '-x',
    '${{ github.token }}',
    '</pre><script>alert(1)</script>',
    '::error::pwned',
    'a\n::add-mask::b',
    'x\nscore=0\nlevel=low',
  ];

  it.each(HOSTILE.map((value, index) => [value, index] as const))(
    'takes %j for nothing but a value',
    (value, index) => {
      const names = Object.keys(action.inputs);
      const everywhere = Object.fromEntries(names.map((name) => [name, value]));
      const once = { gate: '.sluice/gates/pre-merge.yaml', [names[index % names.length]!]: value };
      for (const inputs of [everywhere, once]) {
        const { codes, outputs, summary, log } = run(inputs);
        if (inputs === everywhere) expect(codes).toMatchObject({ Risk: 2, Gate: 2 });
        for (const each of Object.values(outputs)) expect(each).not.toMatch(/pwned|script|^0$/);
        expect(withoutOwn(summary)).not.toMatch(/<(?!\/?pre>\n)/);
        expect(commandsIn(log)).toEqual([]);
      }
      expect(readdirSync(repository.folder)).not.toContain('pwned');
      expect(existsSync(join(ROOT, 'pwned'))).toBe(false);
    },
  );

  it('takes what authors and files are called for nothing but text', () => {
    const before = repository.git('rev-parse', 'HEAD').trim();
    repository.git('config', 'user.name', '::warning::<b>Eve</b>\r::stop');
    repository.commit(
      { '::error::a<img src=x>.js': 'x\n', '`b`$(touch pwned).js': 'y\n' },
      '::set-output::z',
    );
    try {
      const { codes, summary, log } = run({ base: before });
      expect(codes).toEqual({ 'Prepare Sluice': 0, Risk: 0 });
      expect(summary).toContain('&lt;img src=x&gt;');
      expect(withoutOwn(summary)).not.toMatch(/<(?!\/?pre>\n)/);
      expect(commandsIn(log)).toEqual([]);
    } finally {
      repository.git('config', 'user.name', 'Ada');
      repository.git('reset', '--quiet', '--hard', before);
    }
  });

  it('leaves nothing in the checkout', () => {
    expect(repository.git('status', '--porcelain')).toBe('');
    rmSync(join(repository.root, 'metrics.yaml'), { force: true });
  });
});

const withoutOwn = (summary: string) => summary.replaceAll('<pre>\n', '').replaceAll('</pre>\n', '');

/** Lines that the runner would obey: not those between `stop-commands` and the word that ends it. */
function commandsIn(log: string): string[] {
  const obeyed: string[] = [];
  let token: string | undefined;
  for (const line of log.split(/\r?\n|\r/)) {
    const stop = /^::stop-commands::([0-9a-f]{32})$/.exec(line);
    if (token !== undefined) token = line === `::${token}::` ? undefined : token;
    else if (stop !== null) token = stop[1];
    else if (/^\s*::/.test(line)) obeyed.push(line);
  }
  return token === undefined ? obeyed : [...obeyed, 'commands stay stopped'];
}
