export interface PeersArguments {
  /** Names of the peers; all where it is empty. */
  readonly names: readonly string[];
  /** Each peer is started and measured so many times. */
  readonly rounds: number;
  /** A few runs of everything, to see that it works. */
  readonly small: boolean;
  readonly json: boolean;
}

const ROUNDS = 3;

/** Throws with the usage on anything else. */
export function parseArguments(argv: readonly string[], known: readonly string[]): PeersArguments {
  const usage = `Usage: npm run bench:peers -- [--rounds NUMBER] [--small] [--json] [PEER…]; peers: ${known.join(', ')}`;
  const names: string[] = [];
  let rounds: number | undefined;
  let [small, json] = [false, false];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] as string;
    if (word === '--small') small = true;
    else if (word === '--json') json = true;
    else if (word === '--rounds' && /^[1-9]\d?$/.test(argv[at + 1] ?? '')) rounds = Number(argv[++at]);
    else if (known.includes(word)) names.push(word);
    else throw new Error(`Unknown: ${word}. ${usage}`);
  }
  return { names, rounds: rounds ?? (small ? 1 : ROUNDS), small, json };
}
