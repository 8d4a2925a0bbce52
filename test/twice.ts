/** Of each program, how many processes a test gets that does not say: two under `npm test -- --twice`. */
export function countProcesses(wanted?: number): number {
  return wanted ?? (process.env['SLUICE_TEST_TWICE'] === '1' ? 2 : 1);
}

/** The next of them at each call, the first first. */
export function takeTurns<T>(all: () => readonly T[]): () => T {
  let turn = 0;
  return () => all()[turn++ % all().length]!;
}
