import type { Touch } from './history-commit.js';
import { subsystemOf } from './places.js';

const DAY = 86_400;
const YEAR = 365.25 * DAY;

/** What somebody has changed up to a moment. */
export class AuthorPast {
  name = '';
  /** Of each change: when, and how many files. */
  private readonly times: number[] = [];
  private readonly counts: number[] = [];
  private readonly subsystems = new Map<string, SubsystemPast>();

  /** @param touches those whose content was changed, one at least */
  add(name: string, at: number, touches: readonly Touch[]): void {
    const change = this.times.length;
    this.name = name;
    this.times.push(at);
    this.counts.push(touches.length);
    for (const { path } of touches) {
      const key = subsystemOf(path);
      let known = this.subsystems.get(key);
      if (known === undefined) {
        known = { paths: new Set(), changes: [] };
        this.subsystems.set(key, known);
      }
      known.paths.add(path);
      if (known.changes.at(-1) !== change) known.changes.push(change);
    }
  }

  /** EXP, REXP and SEXP in the units of the data that the model is trained on: this change of files is among them. */
  measure(
    at: number,
    touches: readonly Touch[],
  ): { readonly exp: number; readonly rexp: number; readonly sexp: number } {
    const { times, counts } = this;
    let exp = touches.length;
    let rexp = touches.length;
    for (let change = 0; change < times.length; change += 1) {
      const count = counts[change]!;
      exp += count;
      rexp += count / (Math.max(0, at - times[change]!) / DAY + 1);
    }
    const known = this.subsystemsOf(touches);
    const fresh = touches.filter(({ path }) => !known.some(({ paths }) => paths.has(path))).length;
    return { exp, rexp, sexp: known.reduce((all, { paths }) => all + paths.size, fresh) };
  }

  /** The same by table 1 of Kamei et al. 2013: earlier changes, each counted once, weighted by whole years. */
  measureAsPublished(at: number, touches: readonly Touch[]): Record<string, number> {
    const weights = this.times.map((time) => 1 / (Math.floor(Math.max(0, at - time) / YEAR) + 1));
    return {
      'kamei-exp': this.times.length,
      'kamei-rexp': weights.reduce((all, weight) => all + weight, 0),
      'kamei-sexp': new Set(this.subsystemsOf(touches).flatMap(({ changes }) => changes)).size,
    };
  }

  private subsystemsOf(touches: readonly Touch[]): SubsystemPast[] {
    const keys = new Set(touches.map(({ path }) => subsystemOf(path)));
    return [...keys].flatMap((key) => this.subsystems.get(key) ?? []);
  }
}

interface SubsystemPast {
  readonly paths: Set<string>;
  /** By number, in order. */
  readonly changes: number[];
}
