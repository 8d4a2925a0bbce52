import { describe, expect, it } from '@jest/globals';
import { ACTIONS } from '../../../contracts/catalogue/catalogue.js';
import { importText } from '../import-text.js';
import { readWorkflow } from '../read-workflow.js';

function importDocument(document: string, leaveOut?: string) {
  const content = new TextEncoder().encode(`name: w\n${document}\n`);
  const options = leaveOut === undefined ? {} : { leaveOut: new Set([leaveOut]) };
  const [imported] = importText({ path: 'w.yaml', content }, ACTIONS, { format: 'steps', ...options });
  const { text, findings, notes } = imported!;
  return {
    text,
    findings: findings.map(({ path, message }) => `${path}: ${message}`),
    notes: notes.map(({ path, message }) => `${path}: ${message}`),
  };
}

/** `DO` stands for a command, `STEPS` for a list of two steps that are commands. */
function written(document: string): string {
  return document
    .replace('STEPS', 'steps: [{ id: a, DO }, { id: b, DO }]')
    .replaceAll('DO', 'type: command, command: make');
}

const MADE = 'uses: command/run, with: { run: [ sh, -c, make ] }';

describe('a document is refused', () => {
  it.each([
    ['steps: [{ id: b, DO }, { id: a, type: foreach, items: [1], steps: b }]', 'steps[1].steps: Steps must'],
    ['steps: [{ id: a, type: sequence }]', 'steps[0]: The step holds others, and there are none.'],
    ['steps: [{ id: a, DO, retry: true }]', 'steps[0].retry: How often is tried again does not stand here.'],
    ['steps: [{ id: a, DO, onFailure: retry }]', 'steps[0].onFailure: How often is tried again'],
    ['tasks: [{ id: c, DO }]\nSTEPS', 'tasks: There are two lists of steps.'],
    ['steps: 3', 'steps: This is no list of steps.'],
    ['steps: []', ': There is no step.'],
    ['stages: [{ name: one, steps: 3 }, { name: two, STEPS }]', 'stages.one.steps: There is no step.'],
    [
      'timeout: 5m\nstages: [{ name: one, steps: [{ id: x, DO }] }, { name: two, STEPS }]',
      ': A time limit of several stages together',
    ],
    [
      'notifications: { onFailure: "https://a.example", channel: ops }\nSTEPS',
      'notifications: Nobody would be told',
    ],
    ['notifications: ops\nSTEPS', 'notifications: Nobody would be told'],
    [
      'steps: [{ id: x, DO, timeout: 5s, Timeout: 6s }]',
      'steps[0].Timeout: "Timeout" says again what another',
    ],
    [
      'steps: [{ id: a, type: switch, cases: [{ value: 1, STEPS }] }]',
      'steps[0].cases[0]: This case does not say when',
    ],
    [
      'secrets: [TOKEN]\nsteps: [{ id: a, DO, env: { OTHER: "${secrets.TOKEN}" } }]',
      'steps[0].env.OTHER: A secret has one name here: `TOKEN` cannot be called `OTHER`.',
    ],
    ['steps: [{ id: a, type: foreach, items: "{{n ==}}", STEPS }]', 'steps[0].items: "{{n ==}}" cannot be'],
    ['steps: [{ id: a, type: while, condition: "n ==", STEPS }]', 'steps[0].condition: "n ==" cannot be'],
    ['steps: [{ id: a, type: command, command: "  " }]', 'steps[0].command: This is no command.'],
    ['steps: [{ id: a, uses: no/such, with: { a: 1 } }]', 'steps[0]: There is no action "no/such" here.'],
    ['steps: [{ id: a, type: wait, until: tomorrow }]', 'steps[0].until: This is no moment (RFC 3339).'],
    [
      'steps: [{ id: a, type: approval, onTimeout: maybe }]',
      'steps[0].onTimeout: What follows when nobody decides in time',
    ],
    [
      'parallelGroups: [{ steps: [a, b], waitForAll: false }]\nSTEPS',
      'parallelGroups[0].waitForAll: What follows a group waits for all of it.',
    ],
    [
      'parallelGroups: [{ steps: [a, b], limit: 1 }]\nSTEPS',
      'parallelGroups[0]: Of this group 1 run at once',
    ],
    ['parallelGroups: [[a, z]]\nSTEPS', 'parallelGroups[0][1]: There is no step "z" here.'],
    [
      'steps: [{ id: a, DO, output: { x: stdout } }]',
      'steps[0].output: What a step puts out cannot be renamed',
    ],
    [
      'steps: [{ id: a, DO, retry: { attempts: 3, delay: [1s, 2s] } }]',
      'steps[0].retry.delay: A list of different pauses cannot be kept.',
    ],
    [
      'steps: [{ id: a, DO, retry: { attempts: 3, retryOn: [timeout] } }]',
      'steps[0].retry.retryOn: Only some failures are tried again here',
    ],
    ['steps: [{ id: a, DO, retry: 5000 }]', 'steps[0].retry: '],
    ['steps: [{ id: a, type: log, message: "{{a ; b}}" }]', 'steps[0].message: '],
    ['maxConcurrency: 3\nSTEPS', 'maxConcurrency: How many steps of the whole run at once'],
    ['triggers: [{ type: cron }]\nSTEPS', 'triggers: A definition does not start itself'],
    [
      'steps: [{ id: a, DO, dependsOn: [{ status: failed }] }]',
      'steps[0].dependsOn[0]: A dependency names a step.',
    ],
    ['steps: [{ id: a, DO, rollback: [undo] }]', 'steps[0].rollback: What undoes a step is one command'],
    [
      'steps: [{ id: a, DO, rollback: { type: wait, duration: 5s } }]',
      'steps[0].rollback: What undoes a step is one command',
    ],
    ['variables: [[1]]\nSTEPS', 'variables[0]: This is no variable.'],
    [
      'variables: { n: { type: colour, default: red } }\nSTEPS',
      'variables.n.type: The type "colour" of a variable',
    ],
  ])('%s', (document, finding) => {
    const { text, findings } = importDocument(written(document));
    expect(text).toBeUndefined();
    expect(findings.filter((each) => each.startsWith(finding))).toHaveLength(1);
  });

  it('that is nothing of the kind', () => {
    const [imported] = importText({ path: 'w.yaml', content: new TextEncoder().encode('3') }, ACTIONS, {
      format: 'steps',
    });
    expect(imported!.findings).toMatchObject([{ code: 'definition-not-a-map', line: 1, column: 1 }]);
  });

  it('that holds several workflows, where one is to be run', () => {
    const { workflow, findings } = readWorkflow(
      written('workflows: [{ name: a, STEPS }, { name: b, STEPS }]'),
      ACTIONS,
      'steps',
    );
    expect(workflow).toBeUndefined();
    expect(findings).toMatchObject([
      { code: 'steps-not-kept', message: 'The text holds several workflows.' },
    ]);
  });
});

describe('an expression is refused', () => {
  const chain = Array.from({ length: 13 }, (_, at) => `v${at}: "{{v${at + 1}}}"`).join(', ');
  it.each([
    ['{ a: "{{b}}", b: "{{a}}" }', 'a', 'the variables a → b → a name one another in a circle'],
    [`{ ${chain}, v13: x }`, 'v0', 'variables name one another too deep'],
    ['{ a: "{{b}}", b: x }', 'a.c', '`a` is text and has no members'],
    ['{}', 'previous.stdout', 'there is no one step before this'],
    ['{}', 'steps.nobody.output', 'there is no step `nobody`'],
  ])('with the variables %.40s: {{%s}}', (variables, expression, why) => {
    const steps = `steps: [{ id: x, type: log, message: "{{${expression}}}" }]`;
    expect(importDocument(`variables: ${variables}\n${steps}`).findings).toEqual([
      `steps[0].message: "{{${expression}}}" cannot be taken over: ${why}.`,
    ]);
  });
});

describe('what is asked to be left out is, and is told', () => {
  it.each([
    [
      'notifications',
      'notifications: ops\nSTEPS',
      'notifications: This notification was left out, as asked.',
    ],
    [
      'retryon',
      'steps: [{ id: a, DO, retry: { attempts: 3, retryOn: [timeout] } }]',
      'steps[0].retry.retryOn: `retryOn` was left out, as asked.',
    ],
    [
      'maxconcurrency',
      'maxConcurrency: 3\nSTEPS',
      'maxConcurrency: `maxConcurrency` was left out, as asked.',
    ],
    ['triggers', 'triggers: [{ cron: x }]\nSTEPS', 'triggers: `triggers` was left out, as asked.'],
    [
      'shell',
      'steps: [{ id: a, DO, shell: fish }]',
      'steps[0].shell: This shell is not known: sh runs the line.',
    ],
    ['shade', 'steps: [{ id: a, DO, shade: red }]', 'steps[0].shade: `shade` was left out, as asked.'],
  ])('%s', (key, document, note) => {
    const { text, findings, notes } = importDocument(written(document), key);
    expect([findings, notes]).toEqual([[], [note]]);
    expect(text).toContain(MADE);
    expect(importDocument(written(document)).findings).toHaveLength(1);
  });
});

describe('what is decided is told', () => {
  it.each([
    [
      'steps: [{ id: a, DO, onFailure: [{ DO }, { id: c, DO }] }, { id: d, DO }]',
      'steps[0]: A failure of `a` is mended by the step that follows it',
    ],
    ['secrets: { TOKEN: x }\nSTEPS', 'secrets: Secrets are read by the worker'],
    ['variables: { token: { type: secret } }\nSTEPS', 'variables.token: The variable `token` is secret'],
    [
      'parallelGroups: [{ steps: [a, { id: b }], failFast: true }]\nSTEPS',
      'parallelGroups[0].failFast: What runs beside a step that failed goes on',
    ],
    [
      'steps: [{ id: a, DO, retry: { maxAttempts: 3, jitter: true } }]',
      'steps[0].retry.jitter: Pauses between attempts are exact',
    ],
    ['maxConcurrency: 20\nSTEPS', 'maxConcurrency: As many steps run at once as are ready.'],
    ['mode: odd\nSTEPS', 'mode: `mode` says nothing of the run.'],
    ['triggers: [{ type: manual }, api]\nSTEPS', 'triggers: A run is started by whoever asks for it.'],
    [
      'steps: [{ id: b, order: 2, DO }, { id: a, order: 1, DO }]',
      'steps[0]: The steps follow one another by their numbers',
    ],
  ])('%s', (document, note) => {
    const { text, findings, notes } = importDocument(written(document));
    expect(findings).toEqual([]);
    expect(text).toBeDefined();
    expect(notes).toContainEqual(expect.stringContaining(note));
  });
});

describe('the order of steps', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'is that of their numbers',
      'steps: [{ id: b, order: 10, DO }, { id: a, order: 9, DO }]',
      [`a: { ${MADE} }`, `b: { ${MADE} }`],
    ],
    [
      'may go on elsewhere',
      'steps: [{ id: a, DO, onFailure: { action: goto, step: c } }, { id: b, DO }, { id: c, DO }]',
      [`b: { ${MADE} }`, 'if: always() && steps.a.status == "failed"'],
    ],
    [
      'is the same after success and failure, where both lead to one step',
      'steps: [{ id: a, DO, onSuccess: c, onFailure: c }, { id: c, DO }]',
      ['if: always() && steps.a.status in ["succeeded", "failed"]'],
    ],
    [
      'is that of what they wait for',
      'steps: [{ id: a, DO }, { id: b, DO, dependsOn: [{ step: a, status: failed }] }, { id: c, DO, dependsOn: [{ step: a, status: completed }] }, { id: d, DO, dependsOn: [{ step: a }] }]',
      [
        'if: always() && steps.a.status == "failed"',
        'if: always() && steps.a.status in ["succeeded", "failed"]',
        `d: { needs: [ a ], ${MADE} }`,
      ],
    ],
    [
      'leaves what is grouped side by side',
      'parallelGroups: { g: [a, b] }\nsteps: [{ id: a, DO }, { id: b, DO }, { id: c, DO }]',
      [`b: { needs: [], ${MADE} }`, `c: { needs: [ a, b ], ${MADE} }`],
    ],
    [
      'is one at a time where one may run at once',
      'mode: parallel\nmaxConcurrency: 1\nSTEPS',
      [`a: { ${MADE} }`, `b: { ${MADE} }`],
    ],
  ])('%s', (_, document, expected) => {
    const { text, findings } = importDocument(written(document));
    expect(findings).toEqual([]);
    const lines = text!.split('\n').map((line) => line.trim());
    expect(lines.filter((line) => expected.includes(line))).toEqual(expected);
  });
});

describe('a failure', () => {
  it.each<[string, string]>([
    ['failFast: false\nSTEPS', `a: { ${MADE}, onFailure: continue }`],
    ['errorHandling: { failFast: false }\nSTEPS', `a: { ${MADE}, onFailure: continue }`],
    ['errorHandling: { rollback: true }\nSTEPS', `a: { ${MADE}, onFailure: rollback }`],
    ['errorHandling: { rollback: [{ id: r, DO }] }\nSTEPS', 'if: failed()'],
    ['errorHandling: { finally: [{ id: r, DO }] }\nSTEPS', 'if: always()'],
    ['steps: [{ id: a, DO, onFailure: { continue: true } }]', `a: { ${MADE}, onFailure: continue }`],
    [
      'steps: [{ id: a, DO, onFailure: { type: log, id: l, message: m } }]',
      'l:\nif: always() && steps.a.status == "failed"\nuses: log/write\nwith: { message: m }',
    ],
    [
      'steps: [{ id: a, DO, onFailure: { type: wait, name: pause, duration: 5s } }]',
      'pause: { if: always() && steps.a.status == "failed", wait: 5s }',
    ],
    [
      'steps: [{ id: a, DO, retry: { attempts: 3, exponential: { delay: 1s } } }]',
      'retry: { attempts: 3, delay: 1s }',
    ],
    [
      'steps: [{ id: a, DO, retry: { attempts: 3, backoff: { delay: 1s, factor: 3 } } }]',
      'retry: { attempts: 3, delay: 1s, factor: 3 }',
    ],
    ['steps: [{ id: a, DO, retry: { enabled: "on", attempts: 3 } }]', 'retry: { attempts: 3 }'],
    [
      'steps: [{ id: a, DO, retry: { attempts: 3, delay: [1s, 1s] } }]',
      'retry: { attempts: 3, delay: 1s, factor: 1 }',
    ],
    [
      'notifications: { onFailure: "https://a.example" }\nSTEPS',
      'notify-failed: { uses: http/request, with: { url: https://a.example, method: POST } }',
    ],
    [
      'notifications: { onSuccess: { url: "https://a.example" } }\nSTEPS',
      'notify-succeeded: { uses: http/request, with: { url: https://a.example, method: POST } }',
    ],
    [
      'notifications: { onComplete: "https://a.example" }\nSTEPS',
      'notify-always: { uses: http/request, with: { url: https://a.example, method: POST } }',
    ],
  ])('%s', (document, expected) => {
    const { text, findings } = importDocument(written(document));
    expect(findings).toEqual([]);
    expect(text!.replaceAll(/\s*\n\s*/g, '\n')).toContain(expected);
  });

  it('is not tried again where that is switched off', () => {
    const { text, findings } = importDocument(
      written('steps: [{ id: a, DO, retry: { enabled: "no", attempts: 3 } }]'),
    );
    expect(findings).toEqual([]);
    expect(text).not.toContain('retry');
  });
});

describe('what stands in a step', () => {
  it.each<[string, string]>([
    ['stages: [{ name: one, steps: { x: { DO } } }, { name: two, steps: { y: { DO } } }]', `y: { ${MADE} }`],
    ['steps: [{ id: a, type: foreach, items: [1], steps: { DO } }]', `a-1: { ${MADE} }`],
    ['steps: [{ id: a, type: foreach, items: [1], steps: { x: { DO }, y: { DO } } }]', `y: { ${MADE} }`],
    [
      'steps: [{ id: a, type: foreach, items: [1], as: item, steps: [{ id: b, type: foreach, items: [2], as: item, steps: [{ id: c, type: command, command: "make {{item}}" }] }] }]',
      'c: { uses: command/run, with: { run: [ sh, -c, "make ${{ item2 }}" ] } }',
    ],
    [
      'steps: [{ id: a, type: command, command: "make {{item.os}}", forEach: { os: [x, y], v: [1] } }]',
      'forEach: { matrix: { os: [ x, y ], v: [ 1 ] }, as: item }',
    ],
    [
      'steps: [{ id: a, type: command, command: "make {{item}}", forEach: "[1, 2]" }]',
      'forEach: { in: "${{ [1, 2] }}", as: item, limit: 1 }',
    ],
    ['steps: [{ id: a, parallel: [{ id: b, DO }, { id: c, DO }] }]', `c: { steps: { c: { ${MADE} } } }`],
    [
      'steps: [{ id: a, type: condition, condition: "1 == 2", else: [{ id: b, DO }] }]',
      'steps: { a-nothing: { set: { done: true } } } }',
    ],
    [
      'steps: [{ id: a, type: switch, cases: [{ steps: [{ id: b, DO }] }, { when: "1 == 2", steps: [{ id: c, DO }] }] }]',
      `- { steps: { b: { ${MADE} } } }`,
    ],
    [
      'steps: [{ id: a, type: command, command: "make all", args: [x] }]',
      'run: [ sh, -c, make all "$@", sh, x ]',
    ],
    [
      'steps: [{ id: a, type: script, interpreter: bash, script: "make all", args: [x] }]',
      'run: [ bash, -c, make all, x ]',
    ],
    [
      'environment: live\nsteps: [{ id: a, type: command, command: "make {{environment}}" }]',
      'default: live',
    ],
    [
      'secrets: TOKEN\nsteps: [{ id: a, DO, env: { TOKEN: "${secrets.TOKEN}" } }]',
      'secrets: { TOKEN: env:SLUICE_SECRET_TOKEN }',
    ],
    [
      'steps: [{ id: a, type: approval, users: ["@ann", { email: bob@example.com }, { x: 1 }, "user:eve"] }]',
      'by: [ user:ann, user:bob@example.com, user:eve ]',
    ],
    [
      'variables: { n: 3 }\nsteps: [{ id: a, type: log, message: "$n, $m" }]',
      'message: "${{ inputs.n }}, $m"',
    ],
    ['steps: [{ id: a, type: log, message: "{{results.x}}" }]', 'message: "${{ inputs.results.x }}"'],
    [
      'steps: [{ id: a, DO }, { id: b, type: log, message: "{{previous.stdout}}" }]',
      '${{ steps.a.output.stdout.trim() }}',
    ],
    [
      'steps: [{ id: a, DO }, { id: b, DO, condition: "{{steps.a.status}}" }]',
      'steps.a.status == "succeeded"',
    ],
    [
      'steps: [{ id: a, DO }, { id: b, DO, condition: "not(steps.a.success)" }]',
      'if: always() && !(steps.a.status == "succeeded")',
    ],
    [
      'variables: [{ name: branch, value: main }, { depth: 3 }, x]\nSTEPS',
      'branch: { default: main }\ndepth: { type: integer, default: 3 }\nx: {}',
    ],
  ])('%s', (document, expected) => {
    const { text, findings } = importDocument(written(document));
    expect(findings).toEqual([]);
    expect(text!.replaceAll(/\s*\n\s*/g, '\n')).toContain(expected);
  });
});
