import { type Profiler, Session } from 'node:inspector/promises';
import { modulesOf } from '../bundle.js';

/** Which lines of the interpreter run, as V8 counts them in this process. */
export class LineCoverage {
  private readonly session = new Session();
  /** Where each line of the interpreter begins in the bundle. */
  private readonly lines: readonly number[];

  private constructor(code: string) {
    this.lines = modulesOf(code)
      .flatMap(({ start, end }) =>
        [...code.slice(start, end).matchAll(/\n *(?=[\w[(.?:{&|+`])/g)].map(
          ({ 0: text, index }) => start + index + text.length,
        ),
      )
      .sort((a, b) => a - b);
  }

  static async start(code: string): Promise<LineCoverage> {
    const coverage = new LineCoverage(code);
    coverage.session.connect();
    await coverage.session.post('Profiler.enable');
    await coverage.session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    return coverage;
  }

  /** Lines, by their places in the bundle, that have run since it was asked last. */
  async take(): Promise<number[]> {
    const { result } = await this.session.post('Profiler.takePreciseCoverage');
    const script = result.filter(({ url }) => url.includes('workflow-bundle'));
    const ranges = script.flatMap(({ functions }) => functions.flatMap((one) => one.ranges));
    const counts = new Map<number, number>();
    // A range within another says more of its lines.
    for (const { startOffset, endOffset, count } of ranges.sort((a, b) => sizeOf(b) - sizeOf(a))) {
      for (let at = this.indexFrom(startOffset); at < this.lines.length && this.lines[at]! < endOffset; at++)
        counts.set(this.lines[at]!, count);
    }
    return [...counts].flatMap(([line, count]) => (count > 0 ? [line] : []));
  }

  /** Index of the first line that begins there or later. */
  private indexFrom(offset: number): number {
    let [low, high] = [0, this.lines.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.lines[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  close(): void {
    this.session.disconnect();
  }
}

function sizeOf({ startOffset, endOffset }: Profiler.CoverageRange): number {
  return endOffset - startOffset;
}
