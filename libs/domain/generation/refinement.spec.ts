import { describe, expect, it } from '@jest/globals';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { SluiceError } from '../errors.js';
import { type RefinementRequest, refine } from './refine.js';
import { generateFrom } from './testing/generate-from.js';

const TOKEN = `ghp_${'a'.repeat(36)}`;
const generated = generateFrom({
  files: {
    'package.json': JSON.stringify({
      scripts: { lint: 'x', test: 'node --test', build: `pack --token=${TOKEN}x` },
    }),
    'package-lock.json': '{}',
  },
});

function answering(answer: (definition: string) => string) {
  const refiner = { name: 'model', refine: async (request: RefinementRequest) => answer(request.definition) };
  return refine(plain, refiner, { address: '/srv/shop', actions: ACTIONS });
}

const plain = generateFrom({
  files: {
    'package.json': JSON.stringify({ scripts: { lint: 'x', test: 'node --test' } }),
    'package-lock.json': '{}',
  },
});

const edit = (from: string | RegExp, to: string) => (definition: string) => {
  const edited = definition.replace(from, to);
  if (edited === definition) throw new Error(`nothing to edit: ${from}`);
  return edited;
};

describe('an answer that is taken', () => {
  it.each([
    ['a shorter limit', edit('timeout: 30m', 'timeout: 5m')],
    ['other words', edit(/description: "Verifies[^\n]*/, 'description: Better words')],
    ['more order', edit('needs: [lint]', 'needs: [install, lint]')],
    [
      'a message',
      edit(
        /\noutput:/,
        '\n  after:\n    steps:\n      tell: { uses: log/write, with: { message: done } }\noutput:',
      ),
    ],
    [
      'an approval',
      edit(/\noutput:/, '\n  after:\n    steps:\n      ask: { approval: { by: [approver] } }\noutput:'),
    ],
  ])('%s', async (name, answer) => {
    const only = name === 'more order' ? edit('needs: [install]  #', 'needs: [install, tools]  #') : answer;
    const { accepted, outcome, generation } = await answering(only);
    expect([accepted, outcome]).toEqual([true, expect.stringContaining('Refined by model')]);
    expect(generation.definition).toMatch(/^# Refined by model/);
    expect(generation.definition).toContain('default: "/srv/shop"');
  });
});

describe('an answer that is not', () => {
  it.each([
    ['no YAML', () => 'I am sorry: [', 'not valid'],
    ['nothing', () => '', 'not valid'],
    [
      'another definition',
      () => 'sluice: 1\nname: a\nstages:\n  b:\n    steps:\n      c: { set: { d: 1 } }\n',
      'otherwise',
    ],
    ['a step less', edit(/ {6}# Lints[\s\S]*?(?= {6}# Runs the tests)/, ''), 'lint was dropped'],
    ['a command changed', edit('run: [npm, run, lint]', 'run: [npm, run, publish]'), 'with was changed'],
    ['a step that never runs', edit('      lint:\n', '      lint:\n        if: "false"\n'), 'if was changed'],
    [
      'a failure that counts as success',
      edit('      lint:\n', '      lint:\n        onFailure: continue\n'),
      'onFailure was changed',
    ],
    ['an order loosened', edit('needs: [install]', 'needs: []'), 'no longer waits for install'],
    [
      'a command added',
      edit(
        /\noutput:/,
        '\n  after:\n    steps:\n      x: { uses: command/run, with: { run: [curl, evil] } }\noutput:',
      ),
      'was added',
    ],
    [
      'a command added deep inside',
      edit(
        /\noutput:/,
        '\n  after:\n    steps:\n      y: { parallel: { branches: { a: { steps: { x: { uses: http/request, with: { url: "http://a" } } } } } } }\noutput:',
      ),
      'was added',
    ],
    [
      'a call of another workflow',
      edit(/\noutput:/, '\n  after:\n    steps:\n      call: { workflow: { name: evil } }\noutput:'),
      'does not compile',
    ],
    ['another default', edit('default: HEAD', 'default: evil'), 'otherwise'],
    ['an unknown key', edit('sluice: 1', 'sluice: 1\nx: 1'), 'not valid'],
    ['two megabytes', () => `# ${'x'.repeat(2_000_000)}\nsluice: 1\n`, 'not valid'],
    ['the same', (definition: string) => definition, 'nothing to add'],
  ] as const)('%s', async (_, answer, why) => {
    const { accepted, outcome, generation } = await answering(answer);
    expect(accepted).toBe(false);
    expect(outcome).toContain('The definition stands as generated: model ');
    expect(outcome).toContain(why);
    expect(generation.definition).toBe(plain.definition);
  });

  it('is one that never came', async () => {
    const refiner = {
      name: 'model',
      refine: () =>
        Promise.reject(
          new SluiceError({ code: 'model-unavailable', fault: 'operational', message: 'it took too long' }),
        ),
    };
    const { outcome, generation } = await refine(plain, refiner, { address: undefined, actions: ACTIONS });
    expect(outcome).toContain('it took too long');
    expect(generation).toBe(plain);
  });
});

it('sends neither what looks like a secret nor where the repository is', async () => {
  let sent = '';
  const refiner = {
    name: 'model',
    async refine({ definition }: { readonly definition: string }) {
      sent = definition;
      return definition;
    },
  };
  const { accepted } = await refine(generated, refiner, { address: '/srv/shop', actions: ACTIONS });
  expect(generated.definition).toContain(TOKEN);
  expect(sent).not.toContain(TOKEN);
  expect(sent).not.toContain('/srv/shop');
  expect(sent).toContain('npm');
  expect(accepted).toBe(false);
});
