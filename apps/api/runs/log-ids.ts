/** What a line of log about a run says of it: its id, and the correlation id of the request that started it. */
export function logIdsOf(
  runId: string,
  correlationId: string | null,
): { readonly runId: string; readonly correlationId?: string } {
  return { runId, ...(correlationId === null ? {} : { correlationId }) };
}
