import type { SluiceError } from '#domain/errors.js';
import { createReportTooLarge } from './report-error.js';

/** A source file's lines, by their numbers from 1. */
const MAX_LINE_NUMBER = 2_000_000;
/** Of all files together: bytes, one per line. */
const MAX_LINES = 256 * 1024 * 1024;
/** Of all files together: branches and functions that are told apart by a name. */
const MAX_NAMED = 2_000_000;
const MAX_FILES = 200_000;

const [FOUND, HIT] = [1, 2];

type CoverageUnit = 'lines' | 'branches' | 'functions' | 'instructions';

interface Counts {
  covered: number;
  total: number;
}

/**
 * What several reports say of the same sources, as one: a line, branch or function that any of them saw executed is
 * covered. Memory is bounded, whatever the reports hold. Throws SluiceError `report-too-large`.
 */
export class CoverageTally {
  private readonly files = new Map<string, FileCoverage>();
  private readonly sums = new Map<CoverageUnit, Counts>();
  private readonly room = { lines: MAX_LINES, named: MAX_NAMED };

  /** @param root folder to which absolute paths are made relative, where they lie in it */
  constructor(private readonly root: string) {}

  file(path: string): FileCoverage {
    const key = normalizePath(path, this.root);
    const known = this.files.get(key);
    if (known) return known;
    if (this.files.size >= MAX_FILES) throw createTooMuch(`more than ${MAX_FILES} source files`);
    const file = new FileCoverage(this.room);
    this.files.set(key, file);
    return file;
  }

  /** Numbers of what a report sums up without listing it. */
  addSum(unit: CoverageUnit, covered: number, total: number): void {
    const sum = this.sums.get(unit) ?? { covered: 0, total: 0 };
    this.sums.set(unit, { covered: sum.covered + covered, total: sum.total + total });
  }

  /** `files`, and of each unit that the reports know `.covered`, `.total`, `.percent`. */
  measure(): Record<string, number> {
    const totals = new Map([...this.sums].map(([unit, counts]) => [unit, { ...counts }]));
    for (const file of this.files.values()) {
      for (const [unit, { covered, total }] of file.count()) {
        const sum = totals.get(unit) ?? { covered: 0, total: 0 };
        totals.set(unit, { covered: sum.covered + covered, total: sum.total + total });
      }
    }
    const metrics: Record<string, number> = { files: this.files.size };
    for (const [unit, { covered, total }] of totals) {
      if (total === 0) continue;
      metrics[`${unit}.covered`] = covered;
      metrics[`${unit}.total`] = total;
      metrics[`${unit}.percent`] = (100 * covered) / total;
    }
    return metrics;
  }
}

export class FileCoverage {
  private lines = new Uint8Array(0);
  private readonly named = {
    branches: new Map<string, boolean>(),
    functions: new Map<string, boolean>(),
  };
  /** Of a line, where a report counts without naming. */
  private readonly counted = {
    branches: new Map<number, Counts>(),
    instructions: new Map<number, Counts>(),
  };

  constructor(private readonly room: { lines: number; named: number }) {}

  addLine(number: number, hit: boolean): void {
    this.makeRoom(number);
    if (hit || this.lines[number] === 0) this.lines[number] = hit ? HIT : FOUND;
  }

  addNamed(unit: 'branches' | 'functions', name: string, hit: boolean): void {
    const known = this.named[unit].get(name);
    if (known === undefined) this.takeName();
    if (known !== true) this.named[unit].set(name, hit);
  }

  addCounted(unit: 'branches' | 'instructions', line: number, { covered, total }: Counts): void {
    const known = this.counted[unit].get(line);
    if (known === undefined) this.takeName();
    this.counted[unit].set(line, {
      covered: Math.max(known?.covered ?? 0, covered),
      total: Math.max(known?.total ?? 0, total),
    });
  }

  count(): ReadonlyMap<CoverageUnit, Counts> {
    const lines = { covered: 0, total: 0 };
    for (const state of this.lines) {
      if (state !== 0) lines.total += 1;
      if (state === HIT) lines.covered += 1;
    }
    const branches = countNamed(this.named.branches);
    const summed = sumCounts(this.counted.branches.values());
    return new Map<CoverageUnit, Counts>([
      ['lines', lines],
      ['branches', { covered: branches.covered + summed.covered, total: branches.total + summed.total }],
      ['functions', countNamed(this.named.functions)],
      ['instructions', sumCounts(this.counted.instructions.values())],
    ]);
  }

  private makeRoom(number: number): void {
    if (number < this.lines.length) return;
    if (number > MAX_LINE_NUMBER) throw createTooMuch(`a line number above ${MAX_LINE_NUMBER}`);
    const grown = new Uint8Array(
      Math.min(MAX_LINE_NUMBER + 1, Math.max(64, number + 1, 2 * this.lines.length)),
    );
    this.room.lines -= grown.length - this.lines.length;
    if (this.room.lines < 0) throw createTooMuch(`more than ${MAX_LINES} lines of source`);
    grown.set(this.lines);
    this.lines = grown;
  }

  private takeName(): void {
    this.room.named -= 1;
    if (this.room.named < 0) throw createTooMuch(`more than ${MAX_NAMED} branches and functions`);
  }
}

function countNamed(named: ReadonlyMap<string, boolean>): Counts {
  let covered = 0;
  for (const hit of named.values()) if (hit) covered += 1;
  return { covered, total: named.size };
}

function sumCounts(all: Iterable<Counts>): Counts {
  const sum = { covered: 0, total: 0 };
  for (const { covered, total } of all) {
    sum.covered += covered;
    sum.total += total;
  }
  return sum;
}

/** One name for `./src/a.ts`, `src\a.ts` and `/root/src/a.ts`. */
function normalizePath(path: string, root: string): string {
  const folder = `${root.replaceAll('\\', '/').replace(/\/+$/, '')}/`;
  const slashed = path.trim().replaceAll('\\', '/');
  const relative = slashed.startsWith(folder) ? slashed.slice(folder.length) : slashed;
  const parts: string[] = [];
  for (const part of relative.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return `${relative.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}

function createTooMuch(what: string): SluiceError {
  return createReportTooLarge(`The reports tell of ${what}.`);
}
