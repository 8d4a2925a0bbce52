export interface FuzzArguments {
  readonly seeds: readonly number[];
  /** At most so many requests of each operation in each of the two phases that make them up. */
  readonly examples: number;
  readonly json: boolean;
}

const SEEDS = [1, 2, 3];
const EXAMPLES = 10;
const USAGE = 'Usage: npm run fuzz -- [--seed NUMBER]… [--examples NUMBER] [--json]';

/** Throws with the usage on anything else. */
export function parseArguments(argv: readonly string[]): FuzzArguments {
  const seeds: number[] = [];
  let examples = EXAMPLES;
  let json = false;
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at];
    if (word === '--json') json = true;
    else if (word === '--seed') seeds.push(readNumber(argv[++at]));
    else if (word === '--examples') examples = readNumber(argv[++at]);
    else throw new Error(`Unknown option ${word}. ${USAGE}`);
  }
  return { seeds: seeds.length === 0 ? SEEDS : seeds, examples, json };
}

function readNumber(text: string | undefined): number {
  if (text === undefined || !/^[1-9]\d{0,8}$/.test(text)) throw new Error(`Not a number: ${text}. ${USAGE}`);
  return Number(text);
}
