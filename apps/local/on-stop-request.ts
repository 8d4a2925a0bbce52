/**
 * Calls back at each request to stop: Ctrl-C, a signal of the system, a closed terminal, or the death of the program
 * that started us (its IPC channel closes).
 */
export function onStopRequest(stop: (reason: string) => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
  process.on('disconnect', () => stop('disconnect'));
  process.channel?.unref();
}
