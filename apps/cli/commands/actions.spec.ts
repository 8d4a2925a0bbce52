import { describe, expect, it } from '@jest/globals';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { runCommand } from '../testing/run-command.js';

const actions = (...argv: string[]) => runCommand({ argv: ['actions', ...argv] });

describe('sluice actions', () => {
  it('lists the catalogue', async () => {
    const { code, out } = await actions();
    expect(code).toBe(0);
    const [heading, ...lines] = out.trimEnd().split('\n');
    expect(heading).toMatch(/^ACTION +QUEUE +WHAT IT DOES$/);
    expect(lines.map((line) => line.split(' ')[0])).toEqual([...ACTIONS.keys()]);
    expect(out).toContain(ACTIONS.get('git/checkout')!.title);
  });

  it.each([...ACTIONS.values()])('says all about $name', async (action) => {
    const { code, out } = await actions(action.name);
    expect(code).toBe(0);
    expect(out).toContain(action.description);
    expect(out.includes('takes secrets')).toBe(action.takesSecrets);
    expect(out.includes('in the workspace of the run')).toBe(action.workspace);
    for (const schema of [action.input, action.output]) {
      for (const name of Object.keys(schema['properties'] ?? {})) {
        expect(out).toMatch(new RegExp(`^${name} `, 'm'));
      }
    }
  });

  it('shows defaults and what is required', async () => {
    const { out } = await actions('command/run');
    expect(out).toMatch(/^run +list of texts +required +The program/m);
    expect(out).toMatch(/^directory +text +"\." +Where to run/m);
  });

  it('prints the catalogue as JSON', async () => {
    const { out } = await actions('--json');
    expect(JSON.parse(out)).toEqual({ items: JSON.parse(JSON.stringify([...ACTIONS.values()])) });
    expect(JSON.parse((await actions('log/write', '--json')).out)).toMatchObject({ name: 'log/write' });
  });

  it.each([
    ['git/chekout', 'Did you mean "git/checkout"?'],
    ['elephant', 'sluice actions'],
    ['__proto__', 'sluice actions'],
  ])('knows no %s', async (name, hint) => {
    const { code, err } = await actions(name);
    expect(code).toBe(2);
    expect(err).toContain(`There is no action ${name}.`);
    expect(err).toContain(hint);
  });

  it('lets no name write on the terminal', async () => {
    expect((await actions('\u001b[2Jx')).err).not.toContain('\u001b');
  });
});
