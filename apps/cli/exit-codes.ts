/** What the process answers to its caller; printed by `sluice --help`. Only additions. */
export const EXIT = {
  ok: 0,
  /** The run failed, a definition has findings, a test failed, or a gate. */
  failed: 1,
  /** The command line, the definition or the inputs are wrong; a warning of a gate, where that was asked for. */
  usage: 2,
  canceled: 3,
  /** A gate could not be decided; the same number, as no run is a gate. */
  inconclusive: 3,
  /** No server, or it failed, or refused for another reason than these. */
  server: 4,
  /** What was asked for does not fit the present state of things, or the caller's role. */
  refused: 5,
  /** The run ended at an approval that was not given. */
  rejected: 6,
  /** Sluice itself is wrong (EX_SOFTWARE of sysexits.h). */
  bug: 70,
  /** Ctrl-C: the terminal was given back, the run goes on. */
  detached: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_HELP = `
Exit codes:
  0    succeeded
  1    the run failed, a definition has findings, a test failed, or a gate
  2    the command line, the definition or the inputs are wrong
  3    the run was canceled, or a gate is inconclusive
  4    the server cannot be reached, or it answered with an error
  5    refused: it does not fit the present state, or your role
  6    the run was rejected: an approval was not given
  70   a bug in sluice itself
  130  Ctrl-C: detached, the run goes on
`;
