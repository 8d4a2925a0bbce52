import type { NamedHistory } from './history-files.js';
import { isSame, type Letter, letterOf } from './letter.js';
import { prefixesOf } from './prefixes.js';
import { type Replayed, replayHistories } from './replay-histories.js';

/** What of the gate notices a change of the code. */
export interface Notice {
  readonly by: 'replay' | 'letters' | 'prefixes';
  /** Name of the history. */
  readonly history: string;
}

/** Short enough to be replayed from the start for each of their tasks, and so many of these. */
const MOST_EVENTS = 60;
const CUT = 40;

/** Those whose runs are resumed at each of their tasks. */
function chooseCut(histories: readonly NamedHistory[]): NamedHistory[] {
  const short = histories.filter(({ history }) => history.events!.length <= MOST_EVENTS);
  const each = Math.ceil(short.length / CUT);
  return short.filter((_, at) => at % each === 0);
}

export async function replayAll(
  code: string,
  histories: readonly NamedHistory[],
): Promise<Map<string, Replayed>> {
  const all = new Map<string, Replayed>();
  for await (const replayed of replayHistories(code, histories)) all.set(replayed.name, replayed);
  return all;
}

/** The first that notices, by any of these; undefined where none does. */
export async function findNotice(
  code: string,
  histories: readonly NamedHistory[],
  letters: Readonly<Record<string, Letter>>,
  ways: readonly Notice['by'][] = ['replay', 'letters', 'prefixes'],
): Promise<Notice | undefined> {
  const whole = ways.some((way) => way !== 'prefixes') ? histories : [];
  for await (const { name, ...replayed } of replayHistories(code, whole)) {
    const by = replayed.error === undefined ? 'letters' : 'replay';
    const differs = by === 'replay' || !isSame(letterOf({ name, ...replayed }), letters[name]);
    if (differs && ways.includes(by)) return { by, history: name };
  }
  if (!ways.includes('prefixes')) return undefined;
  const [first] = await findOtherwiseResumed(code, histories);
  return first === undefined ? undefined : { by: 'prefixes', history: first };
}

/** Where resuming runs at each of their tasks decides otherwise than leading them through the whole. */
export async function findOtherwiseResumed(
  code: string,
  histories: readonly NamedHistory[],
): Promise<string[]> {
  const cut = chooseCut(histories);
  const whole = await replayAll(code, cut);
  const prefixes = cut.flatMap((one) => prefixesOf(one).map((prefix) => ({ of: one.name, prefix })));
  const resumed = await replayAll(
    code,
    prefixes.map(({ prefix }) => prefix),
  );
  return prefixes.flatMap(({ of, prefix: { name, history } }) => {
    const replayed = resumed.get(name)!;
    if (replayed.error !== undefined) return [`${name}: ${replayed.error.message}`];
    const expected = letterOf(whole.get(of)!, history.events!.length);
    return isSame(letterOf(replayed), expected) ? [] : [name];
  });
}
