/** One script in what V8 says of a process. Offsets count UTF-16 units of its text. */
export interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly {
    readonly functionName: string;
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

/**
 * Whether the offsets are those of this text, as far as can be told: what was put before it moves all of them, what
 * stands at its end may be other text.
 */
export function isOf({ functions }: ScriptCoverage, text: string): boolean {
  const end = functions[0]?.ranges[0]?.endOffset ?? 0;
  const starts = functions.map(
    ({ functionName, ranges }) => [`function ${functionName}(`, ranges[0]!] as const,
  );
  const declared = starts.filter(([head, { startOffset }]) => text.startsWith(head, startOffset));
  return end === text.length || declared.length > 0;
}
