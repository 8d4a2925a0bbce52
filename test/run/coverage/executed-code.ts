/** One script in what V8 says of a process. Offsets count UTF-16 units of its text. */
export interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly {
    readonly ranges: readonly {
      readonly startOffset: number;
      readonly endOffset: number;
      readonly count: number;
    }[];
  }[];
}

/** Marks with 1 each unit of the text that ran; units that other calls marked stay so. */
export function markExecuted(script: ScriptCoverage, executed: Uint8Array): void {
  const own = new Uint8Array(executed.length);
  // What lies inside another range is more exact than that range, so it is painted later.
  const ranges = script.functions
    .flatMap((one) => one.ranges)
    .sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  for (const { startOffset, endOffset, count } of ranges) own.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  for (let at = 0; at < own.length; at++) if (own[at] === 1) executed[at] = 1;
}

/** Length of the text, as the function that is the whole script tells it. */
export function lengthOf({ functions }: ScriptCoverage): number {
  return Math.max(
    0,
    ...functions.slice(0, 1).flatMap(({ ranges }) => ranges.map((range) => range.endOffset)),
  );
}
