import { describe, expect, it } from '@jest/globals';
import { OftenAsked } from './prepared-statement.js';

function ask(asked: OftenAsked, text: string, times: number): (string | undefined)[] {
  return Array.from({ length: times }, () => asked.nameOf(text));
}

describe('texts that are asked often', () => {
  it('have a name from the tenth time on, each its own', () => {
    const asked = new OftenAsked();
    const names = ask(asked, 'SELECT 1', 12);
    expect(names.slice(0, 9)).toEqual(Array(9).fill(undefined));
    expect(names[9]).toMatch(/^often_[0-9a-f]{32}$/);
    expect(names.slice(10)).toEqual([names[9], names[9]]);
    expect(ask(asked, 'SELECT 2', 10).at(-1)).not.toBe(names[9]);
    // As another process has it, so that a proxy between them and Postgres need not tell them apart.
    expect(ask(new OftenAsked(), 'SELECT 1', 10).at(-1)).toBe(names[9]);
  });

  it('are a hundred at most', () => {
    const asked = new OftenAsked();
    for (let n = 0; n < 100; n++) expect(ask(asked, `SELECT ${n}`, 10).at(-1)).toBeDefined();
    expect(ask(asked, 'SELECT 100', 30).at(-1)).toBeUndefined();
    expect(asked.nameOf('SELECT 99')).toBeDefined();
  });

  it('are told from any number that are not', () => {
    const asked = new OftenAsked();
    for (let n = 0; n < 5_000; n++) expect(asked.nameOf(`SELECT ${n}`)).toBeUndefined();
    expect(ask(asked, 'SELECT 1', 10).at(-1)).toBeDefined();
  });
});
