import { UNKNOWN_CATEGORY } from '../categories/categories.js';
import { type Category, DEFAULT_WEIGHT } from '../category.js';
import { type Glob, matchesGlob, parseGlob } from '../glob.js';
import { BUILD_SIGNALS } from '../signals/build-signals.js';
import { CONSEQUENCES } from '../signals/consequences.js';
import { BEGIN_NOTICE, CLEANING_UP, NOISES, PASS_NOTICE, RETRY_NOTICE } from '../signals/noise.js';
import { RUNTIME_SIGNALS } from '../signals/runtime-signals.js';
import type { Consequence } from '../signals/signal.js';
import { TEST_SIGNALS } from '../signals/test-signals.js';
import { TOOL_SIGNALS } from '../signals/tool-signals.js';
import { Automaton } from './automaton.js';
import type { CleanLine } from './clean-line.js';

/** A pattern of a table that is believed only where nothing better is found. */
const WEAK_WEIGHT = 32;

export type Notice =
  | 'retry'
  | 'begin'
  | 'pass'
  | 'cleaning-up'
  | 'traceback'
  | 'chained'
  | 'controls'
  | 'runner-mark';

export interface Cause {
  readonly weight: number;
  readonly category: string;
  /** Believed only where nothing better is found. */
  readonly weak?: boolean;
}

/** What the rules say of one line. */
export interface Reading {
  /** The best of what names a cause; its category is by id. */
  readonly cause?: Cause;
  readonly consequence?: Consequence;
  readonly penalty: number;
  readonly notices: ReadonlySet<Notice>;
}

type Rule =
  | {
      readonly kind: 'category';
      readonly category: string;
      readonly glob: Glob;
      readonly weight: number;
      readonly order: number;
    }
  | {
      readonly kind: 'signal';
      readonly form?: RegExp;
      readonly weight: number;
      readonly category: string;
      readonly exact: boolean;
    }
  | { readonly kind: 'consequence'; readonly consequence: Consequence }
  | { readonly kind: 'noise'; readonly form: RegExp; readonly penalty: number }
  | { readonly kind: 'notice'; readonly notice: Notice; readonly form?: RegExp };

/** A line that a category's pattern fits is worth that much more where its form, too, is that of an error. */
const BOTH_BONUS = 3;

const NOTICES: readonly {
  readonly notice: Notice;
  readonly keys: readonly string[];
  readonly form?: RegExp;
}[] = [
  { notice: 'retry', ...RETRY_NOTICE },
  { notice: 'begin', ...BEGIN_NOTICE },
  { notice: 'pass', ...PASS_NOTICE },
  { notice: 'cleaning-up', ...CLEANING_UP },
  { notice: 'traceback', keys: ['traceback (most recent call last)'] },
  { notice: 'chained', keys: ['the direct cause of the following exception', 'another exception occurred'] },
  // Escape, NUL, backspace: the line is looked at again without them.
  { notice: 'controls', keys: ['\u001b', '\0', '\b'] },
  { notice: 'runner-mark', keys: ['##[', '::error', '::group', '::endgroup', '##vso['] },
];

/** All rules, compiled: which of them are worth asking is found in one pass over a line, whatever their number. */
export class RuleSet {
  readonly automaton: Automaton;
  /** Rules by the number of the text that makes them worth asking. */
  private readonly rulesOf: readonly (readonly number[])[];
  private readonly rules: readonly Rule[];
  /** By text: 1 where a rule of it is not of noise alone. */
  private readonly telling: Uint8Array;
  /** By text: the notice that it asks for, alone or among others. */
  private readonly noticeOf: readonly (Notice | undefined)[];
  /** By rule: the number of the reading that asked it last. */
  private readonly asked: Uint32Array;
  private reading = 0;

  /** @param categories the more exact first */
  constructor(categories: readonly Category[]) {
    const keyed = [...categoryRules(categories), ...signalRules(), ...otherRules()];
    const texts = new Map<string, number[]>();
    for (const [number, { keys }] of keyed.entries()) {
      for (const key of keys) {
        const numbers = texts.get(key) ?? [];
        numbers.push(number);
        texts.set(key, numbers);
      }
    }
    this.rules = keyed.map(({ rule }) => rule);
    this.asked = new Uint32Array(keyed.length);
    this.rulesOf = [...texts.values()];
    this.noticeOf = this.rulesOf.map((numbers) => {
      const notice = numbers.map((each) => this.rules[each]!).find((rule) => rule.kind === 'notice');
      return notice?.kind === 'notice' ? notice.notice : undefined;
    });
    this.telling = Uint8Array.from(this.rulesOf, (numbers) =>
      numbers.some((each) => this.rules[each]!.kind !== 'noise') ? 1 : 0,
    );
    this.automaton = new Automaton([...texts.keys()]);
  }

  /** Whether one of the texts found may say more than what takes weight off a line. */
  isTelling(found: readonly number[]): boolean {
    for (const text of found) if (this.telling[text] === 1) return true;
    return false;
  }

  /** Whether one of the texts found asks for the rule of this notice. */
  hasNotice(found: readonly number[], wanted: Notice): boolean {
    return found.some((text) => this.noticeOf[text] === wanted);
  }

  read(line: CleanLine, found: Iterable<number>): Reading {
    this.reading += 1;
    let category: { weight: number; category: string; order: number } | undefined;
    let signal: FoundSignal | undefined;
    let consequence: Consequence | undefined;
    let penalty = 0;
    const notices = new Set<Notice>();
    for (const text of found) {
      for (const number of this.rulesOf[text]!) {
        if (this.asked[number] === this.reading) continue;
        this.asked[number] = this.reading;
        const rule = this.rules[number]!;
        switch (rule.kind) {
          case 'category':
            if (isBetter(rule, category) && matchesGlob(rule.glob, line.lower)) category = rule;
            break;
          case 'signal':
            if (rule.weight > (signal?.weight ?? 0) && fits(rule.form, line)) signal = rule;
            break;
          case 'consequence':
            if (fits(rule.consequence.form, line)) consequence = endsMore(rule.consequence, consequence);
            break;
          case 'noise':
            if (rule.penalty > penalty && fits(rule.form, line)) penalty = rule.penalty;
            break;
          case 'notice':
            if (fits(rule.form, line)) notices.add(rule.notice);
        }
      }
    }
    const cause = join(category, signal);
    return {
      ...(cause === undefined ? {} : { cause }),
      ...(consequence === undefined ? {} : { consequence }),
      penalty,
      notices,
    };
  }
}

function fits(form: RegExp | undefined, line: CleanLine): boolean {
  return form === undefined || form.test(line.text);
}

/** The texts are found in no order: of equals the one that stands first in the table. */
function isBetter(
  rule: { readonly weight: number; readonly order: number },
  than: { readonly weight: number; readonly order: number } | undefined,
): boolean {
  if (than === undefined || rule.weight > than.weight) return true;
  return rule.weight === than.weight && rule.order < than.order;
}

function endsMore(one: Consequence, other: Consequence | undefined): Consequence {
  const rank = (each: Consequence | undefined): number =>
    each?.ends === 'job' ? 2 : each?.ends === 'command' ? 1 : 0;
  return other === undefined || rank(one) > rank(other) ? one : other;
}

/** A table is more exact than the form of a line, but for forms that name their tool. */
function join(category: Cause | undefined, signal: FoundSignal | undefined): Cause | undefined {
  if (category === undefined) return signal;
  const weak = category.weight === WEAK_WEIGHT;
  if (signal === undefined) return { weight: category.weight, category: category.category, weak };
  if (weak)
    return signal.category === UNKNOWN_CATEGORY ? { ...signal, category: category.category, weak } : signal;
  if (signal.exact && category.weight <= signal.weight) return signal;
  const weight = Math.max(category.weight, signal.weight) + BOTH_BONUS;
  return { weight, category: category.category };
}

interface FoundSignal extends Cause {
  readonly exact: boolean;
}

interface KeyedRule {
  readonly keys: readonly string[];
  readonly rule: Rule;
}

function categoryRules(categories: readonly Category[]): KeyedRule[] {
  let order = 0;
  return categories.flatMap(({ id, patterns, weak = [], weight = DEFAULT_WEIGHT }) =>
    [
      ...patterns.map((text) => ({ text, weight })),
      ...weak.map((text) => ({ text, weight: WEAK_WEIGHT })),
    ].map((each) => {
      const glob = parseGlob(each.text);
      if (typeof glob === 'string') throw new RangeError(`pattern ${each.text} of ${id}: ${glob}`);
      order += 1;
      return {
        keys: [glob.key],
        rule: { kind: 'category', category: id, glob, weight: each.weight, order } as const,
      };
    }),
  );
}

function signalRules(): KeyedRule[] {
  return [...BUILD_SIGNALS, ...TEST_SIGNALS, ...RUNTIME_SIGNALS, ...TOOL_SIGNALS].map(
    ({ keys, form, weight, category, exact = false }) => ({
      keys,
      rule: { kind: 'signal', weight, category, exact, ...(form === undefined ? {} : { form }) },
    }),
  );
}

function otherRules(): KeyedRule[] {
  return [
    ...CONSEQUENCES.map((consequence) => ({
      keys: consequence.keys,
      rule: { kind: 'consequence', consequence } as const,
    })),
    ...NOISES.map(({ keys, form, penalty }) => ({ keys, rule: { kind: 'noise', form, penalty } as const })),
    ...NOTICES.map(({ keys, notice, form }) => ({
      keys,
      rule: { kind: 'notice', notice, ...(form === undefined ? {} : { form }) } as const,
    })),
  ];
}
