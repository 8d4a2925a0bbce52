import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { COMMON_KEYS } from '#domain/definition/common-keys.js';
import { APPROVAL_KEYS } from '#domain/definition/kinds/approval.js';
import { STEP_KINDS } from '#domain/definition/kinds/table.js';
import { TOP_KEYS } from '#domain/definition/read.js';
import { STEP_KEYS } from '#domain/definition/step-keys.js';
import { ENGINE_ERRORS } from '#domain/execution/failures.js';
import { FAILURE_CLASSES } from '#domain/execution/step-error.js';
import { evaluate } from '#domain/expressions/evaluate.js';
import { FINDING_CODES } from '#domain/validation/codes.js';
import { EXIT_HELP } from '../../apps/cli/exit-codes.js';
import { describeInputs, describeOutputs } from '../../apps/cli/view/schema-rows.js';
import { ENVIRONMENT } from '../../libs/domain/expressions/dialects/cel/functions.js';
import { codesIn, findTables, ROOT, readDocument, sectionOf } from './markdown.js';

describe('docs/actions.md', () => {
  const text = readDocument('docs/actions.md');

  it('has a section for each action of the catalogue', () => {
    const names = [...text.matchAll(/^## ([a-z]+\/[a-z]+)$/gm)].map(([, name]) => name);
    expect(names).toEqual([...ACTIONS.keys()]);
  });

  it.each([...ACTIONS.values()])('$name: queue, inputs and outputs are those of the catalogue', (action) => {
    const section = sectionOf(text, `## ${action.name}`);
    expect(section.replace(/\s+/g, ' ')).toContain(action.description);
    expect(section).toContain(`Queue \`${action.queue}\`${action.workspace ? ', in the workspace' : '.'}`);
    expect(section.includes('Done again where a lost workspace is made anew')).toBe(
      action.fillsWorkspace !== 'never',
    );
    expect(section.includes('Takes secrets.')).toBe(action.takesSecrets);
    expect(section.includes('Runs inline.')).toBe(action.inline);
    const tables = [describeInputs(action.input), describeOutputs(action.output)];
    expect(findTables(section)).toEqual(tables.filter((rows) => rows.length > 0));
  });
});

describe('docs/language.md', () => {
  const text = readDocument('docs/language.md');
  const firstCells = (heading: string, table = 0) =>
    findTables(sectionOf(text, heading))[table]!.map(([cell]) => unquote(cell!));

  it('has every key of a definition, of its nodes, and every kind of step', () => {
    expect(firstCells('## A definition')).toEqual([...TOP_KEYS]);
    expect(firstCells('## Stages and steps')).toEqual([...COMMON_KEYS]);
    expect(firstCells('## Stages and steps', 1)).toEqual([...STEP_KEYS]);
    expect(firstCells('### Approval')).toEqual([...APPROVAL_KEYS]);
    expect(firstCells('## Kinds of steps').sort()).toEqual([...STEP_KINDS].sort());
  });

  it('has every function of expressions', () => {
    const functions = findTables(sectionOf(text, '## Expressions'))[1]!;
    const written = functions.filter(([group]) => !/^(Macros|Operators)$/.test(group!));
    const known = [...ENVIRONMENT.funcs].map(({ name }) => name).filter((name) => /^[A-Za-z]/.test(name));
    expect(written.flatMap(([, names]) => codesIn(names!)).sort()).toEqual([...new Set(known)].sort());
  });

  it.each([
    ['has({"a": null}.a)', true],
    ['[1, 2].all(x, x > 0) && [1, 2].exists(x, x > 1) && [1, 2].exists_one(x, x > 1)', true],
    ['[1, 2, 3].filter(x, x > 1).map(x, x * 2)', [4, 6]],
    ['7 / 2', 3],
    ['7 / 2.0', 3.5],
    ['1 in [1] ? 5 % 3 : -1', 2],
  ])('is right about %s', (source, value) => {
    const scope = { lookup: () => undefined, step: () => undefined };
    expect(evaluate({ dialect: 'cel', source }, scope)).toEqual({ ok: true, value });
  });

  it('has limits that the messages of their codes repeat', () => {
    const messages = new Map<string, string>([
      ...Object.entries(FINDING_CODES).map(([code, { cause }]) => [code, cause] as const),
      ...Object.entries(ENGINE_ERRORS).map(([code, error]) => [code, JSON.stringify(error)] as const),
      ...describedErrors('## Errors of runs').map(([code, , cause]) => [code!, cause!] as const),
    ]);
    for (const [limit, value, code] of findTables(sectionOf(text, '## Limits'))[0]!) {
      // The step's error says by how much; the limit stands in the meter of expressions.
      if (unquote(code!) === 'expression-too-costly') continue;
      expect([limit, messages.get(unquote(code!))]).toEqual([limit, expect.stringContaining(value!)]);
    }
  });
});

describe('docs/step-errors.md', () => {
  it('has every class', () => {
    expect(describedErrors('## Classes').map(([name]) => name)).toEqual([...FAILURE_CLASSES]);
  });

  it('has every error of the engine', () => {
    expect(describedErrors('## Errors of the engine')).toEqual(
      Object.entries(ENGINE_ERRORS).map(([code, error]) => [
        code,
        error.class,
        error.message,
        'hint' in error ? error.hint : '',
      ]),
    );
  });

  it('has every error of the actions, with its class and whether it is tried again', async () => {
    const described = new Map(describedErrors('## Errors of actions').map((row) => [row[0]!, row]));
    const thrown = await findActionErrors();
    const own = [...thrown.keys()].filter((code) => !Object.hasOwn(ENGINE_ERRORS, code));
    expect([...described.keys()].sort()).toEqual(own.sort());
    for (const code of own) {
      const { class: failureClass, again } = thrown.get(code)!;
      const [, writtenClass, writtenAgain] = described.get(code)!;
      if (failureClass !== undefined) expect([code, writtenClass]).toEqual([code, failureClass]);
      if (again !== undefined) expect([code, writtenAgain]).toEqual([code, again ? 'yes' : 'no']);
    }
  });

  it('has every error by which a run ends from outside', () => {
    const files = [
      'apps/api/runs/repair.ts',
      'libs/persistence/order-cancel.ts',
      'temporal/client/run-gateway.ts',
    ];
    const sources = files.map((file) => readFileSync(join(ROOT, file), 'utf8')).join('\n');
    const codes = [...sources.matchAll(/(?:\bcode: |\bfail\(\s*)'([a-z-]+)'/g)].map(([, code]) => code!);
    const described = describedErrors('## Errors of runs').map(([code]) => code);
    expect(described.sort()).toEqual([...new Set(codes)].sort());
  });
});

describe('docs/operations.md', () => {
  it('has the exit codes that the command line prints', () => {
    const tables = findTables(sectionOf(readDocument('docs/operations.md'), '## The command line'));
    const printed = [...EXIT_HELP.matchAll(/^ {2}(\d+) +(.*)$/gm)].map(([, code, meaning]) => [
      code,
      meaning,
    ]);
    expect(tables[1]).toEqual(printed);
  });
});

describe('CONTRIBUTING.md', () => {
  it('has every rule of imports', async () => {
    const file = join(ROOT, '.dependency-cruiser.mjs');
    const { default: config } = (await import(file)) as {
      default: { forbidden: { name: string; comment: string }[] };
    };
    const table = findTables(sectionOf(readDocument('CONTRIBUTING.md'), '## The map of the house'))[0]!;
    expect(table.map(([name, comment]) => [unquote(name!), comment])).toEqual(
      config.forbidden.map(({ name, comment }) => [name, comment]),
    );
  });
});

/** Rows of all tables of a section of docs/step-errors.md, its subsections included. */
function describedErrors(heading: string): string[][] {
  const rows = findTables(sectionOf(readDocument('docs/step-errors.md'), heading)).flat();
  return rows.map(([code, second = '', ...rest]) => [unquote(code!), unquote(second), ...rest]);
}

interface ThrownError {
  /** Undefined where it depends on the case. */
  readonly class: string | undefined;
  readonly again: boolean | undefined;
}

/** What the sources of actions and of the way to them make errors of. */
async function findActionErrors(): Promise<Map<string, ThrownError>> {
  const found = new Map<string, ThrownError>();
  for await (const file of glob(
    '{temporal/{activities,workflows},libs/{connectors,gates,risk/factors,domain/execution}}/**/*.ts',
    {
      cwd: ROOT,
    },
  )) {
    if (file.endsWith('.spec.ts')) continue;
    const source = readFileSync(join(ROOT, file), 'utf8');
    for (const [, body = ''] of source.matchAll(/createActionFailure\(\{([\s\S]*?)\n\s*\}\)/g)) {
      const again = /\bretryable: (true|false)/.exec(body)?.[1];
      const facts = {
        class: /\bclass: '([a-z-]+)'/.exec(body)?.[1],
        again: again === undefined ? undefined : again === 'true',
      };
      for (const code of codesOf(/\bcode:(.*)/.exec(body)?.[1] ?? '')) found.set(code, facts);
    }
    for (const [, code] of source.matchAll(/create\w+Failure\(\s*'([a-z-]+)'/g)) {
      found.set(code!, { class: 'configuration', again: false });
    }
    // What reads a history throws errors of the library, which the step makes failures of.
    if (file.startsWith('libs/risk/')) {
      for (const [, code, fault] of source.matchAll(/\bcode: '([a-z-]+)',\s*fault: '(user|operational)'/g)) {
        const isOurs = fault === 'user';
        found.set(code!, { class: isOurs ? 'configuration' : 'unknown', again: !isOurs });
      }
    }
    // Literals of a step's error, apart from the actions.
    if (/attempt-failure|failure-conversion|child-failure/.test(file)) {
      for (const [, expression] of source.matchAll(/\bcode:(.*)/g)) {
        for (const code of codesOf(expression!)) found.set(code, { class: undefined, again: undefined });
      }
    }
  }
  return found;
}

function codesOf(expression: string): string[] {
  return [...expression.matchAll(/'([a-z]+(?:-[a-z]+)+)'/g)].map(([, code]) => code!);
}

function unquote(cell: string): string {
  return cell.replace(/^`([^`]*)`$/, '$1');
}
