/** First arguments of git in a repository that others made: nothing that its configuration names is run, and nothing is fetched. */
export const GUARDED_GIT = [
  ...['-c', 'core.fsmonitor=false'],
  ...['-c', 'core.hooksPath=/dev/null'],
  ...['-c', 'core.untrackedCache=false'],
  ...['-c', 'core.quotePath=false'],
  ...['-c', 'protocol.allow=never'],
  ...['-c', 'diff.external='],
  ...['-c', 'log.showSignature=false'],
  '--no-pager',
] as const;

/** What such a git sees of the environment. */
export function createGuardedEnvironment(): Record<string, string | undefined> {
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
  };
}
