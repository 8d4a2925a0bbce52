export interface TestArguments {
  /** Only format, lint, boundaries, dead code and types. */
  readonly staticOnly: boolean;
  /** Builds the real Vault for tests first, where it is not in the cache. */
  readonly withVault: boolean;
  /** Only what is tested with real servers of CI/CD, which are built or got first. */
  readonly servers: boolean;
  /** Regular expressions on the paths of test files; with any, only these files are run, and no static check. */
  readonly patterns: readonly string[];
  /** Regular expression on the names of tests. */
  readonly name: string | undefined;
  /** Variables by which tests know that they are to do more than usual. */
  readonly env: Readonly<Record<string, string>>;
}

/** Options that tests know by a variable. */
const MODES: ReadonlyMap<string, string> = new Map([
  ['--twice', 'SLUICE_TEST_TWICE'],
  ['--long', 'SLUICE_TEST_LONG'],
  ['--write', 'SLUICE_TEST_WRITE'],
]);

/**
 * `npm test -- [--static] [--with-vault] [--servers] [--twice] [--long] [--write] [-t NAME] [PATTERN…]`. Throws with the usage on anything else.
 */
export function parseArguments(argv: readonly string[]): TestArguments {
  const patterns: string[] = [];
  let staticOnly = false;
  let [withVault, servers] = [false, false];
  let name: string | undefined;
  const env: Record<string, string> = {};
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] as string;
    const mode = MODES.get(word);
    if (mode !== undefined) env[mode] = '1';
    else if (word === '--static') staticOnly = true;
    else if (word === '--with-vault') withVault = true;
    else if (word === '--servers') servers = true;
    else if (word === '-t' && argv[at + 1] !== undefined) name = argv[++at];
    else if (word.startsWith('-')) throw new Error(`Unknown option ${word}. ${USAGE}`);
    else patterns.push(word);
  }
  return { staticOnly, withVault, servers, patterns, name, env };
}

const USAGE =
  'Usage: npm test -- [--static] [--with-vault] [--servers] [--twice] [--long] [--write] [-t NAME OF TESTS] [PATTERN OF TEST FILES…]';
