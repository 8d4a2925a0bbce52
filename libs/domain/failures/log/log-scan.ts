import { UNKNOWN_CATEGORY } from '../categories/categories.js';
import { type Candidate, Ranking } from './candidate.js';
import { type CleanLine, cleanLine } from './clean-line.js';
import { LineReader } from './line-reader.js';
import { RecentLines } from './recent-lines.js';
import type { Cause, Reading, RuleSet } from './rule-set.js';
import { ECHO_WEIGHT, isEcho, TracebackReader } from './traceback-reader.js';

/** Lines that are kept to look back at. */
const LOOK_BACK = 24;
const CONTEXT_LINES = 3;
/** Lines before a notice that it is about. */
const NOTICE_REACH = 6;
const PASS_REACH = 16;
const END_REACH = 14;
/** Titles of groups with what is folded away: it explains at most. */
const BESIDE = /\b(?:logs?|stat(?:s|istics)|cache|summary|diagnostics|environment|system info)/i;
/** What is known that surely is no mere consequence. */
const OVER_CONSEQUENCE = 70;
/** A runner's group of variables that was never closed ends here. */
const MAX_GROUP_LINES = 400;

const SCORES = {
  /** The runner marked it as an error, and nothing else is known of it. */
  marked: 62,
  markedBonus: 8,
  consequence: 8,
  /** It only tells that something failed, but a table knows what usually stands behind it. */
  weakConsequence: 32,
  /** What is that likely by itself gains nothing by its place. */
  sure: 70,
  /** Plain words just before the end of a job that said nothing else. */
  lastWords: 30,
  lastLine: 6,
  retried: -30,
  passed: -60,
  nearEnd: 6,
  afterEnd: -40,
  cleaningUp: -50,
  beside: -30,
} as const;

/**
 * Reads a log once, in parts, and finds the line that most likely made the job fail. Every line is judged by itself (rule
 * set), by where it stands (after the end of the job, in an echo of a script, just before an exit code), and by what
 * comes soon after it (a retry, a pass). Memory is bounded whatever the log.
 */
export class LogScan {
  private readonly reader: LineReader;
  private readonly ranking = new Ranking();
  private readonly tracebacks = new TracebackReader();
  private readonly recentLines = new RecentLines(LOOK_BACK);
  private recent: Candidate[] = [];
  private ended = false;
  private cleaningUp = false;
  /** Lines left of the group in which a runner shows script and variables of a step. */
  private header = 0;
  /** Where the test under way begins. */
  private begun = 0;
  /** In a group that holds the log or figures of something beside the job. */
  private beside = false;
  private lastWords: Candidate | undefined;
  private lines = 0;

  constructor(private readonly rules: RuleSet) {
    this.reader = new LineReader(rules.automaton, (number, text, found) => this.take(number, text, found));
  }

  push(part: string): void {
    this.reader.push(part);
  }

  /** Lines read, and the candidates in the order of their likelihood. */
  close(): {
    readonly lines: number;
    readonly best: Candidate | undefined;
    readonly rival: Candidate | undefined;
  } {
    this.reader.close();
    for (const candidate of this.recent) this.ranking.offer(candidate);
    this.recent = [];
    if (this.lastWords === undefined) this.lastWords = this.findLastWords(SCORES.lastLine, false);
    if (this.lastWords !== undefined) this.ranking.offer(this.lastWords);
    const { best, rival } = this.ranking;
    return { lines: this.lines, best, rival };
  }

  private take(number: number, text: string, found: readonly number[]): void {
    this.lines = number;
    if (this.recent.length > 0) this.passOn(number, text);
    if (this.tracebacks.isOpen || (found.length > 0 && this.rules.isTelling(found)))
      this.judge(number, text, found);
    this.recentLines.push(text);
    if (this.header > 0) this.header -= 1;
  }

  /** Candidates get the lines that follow them; those that nothing can change any more are ranked. */
  private passOn(number: number, text: string): void {
    for (const candidate of this.recent) {
      if (candidate.after.length < CONTEXT_LINES) candidate.after.push(text);
    }
    while (this.recent[0] !== undefined && this.recent[0].line <= number - LOOK_BACK)
      this.ranking.offer(this.recent.shift()!);
  }

  private judge(number: number, text: string, found: readonly number[]): void {
    const whole = text.endsWith('\r') ? text.slice(0, -1) : text;
    const controls = this.rules.hasNotice(found, 'controls') || whole.includes('\r');
    const clean = cleanLine(number, whole, controls);
    if (this.passOver(clean)) return;
    let asked: Iterable<number> = found;
    if (controls) {
      const anew = new Set<number>();
      this.rules.automaton.scan(clean.text, (text) => anew.add(text));
      asked = anew;
    }
    const reading = this.rules.read(clean, asked);
    this.heed(clean, reading);
    const thrown = this.tracebacks.take(clean, reading.notices);
    if (thrown?.replaces !== undefined) this.lower(thrown.replaces, -8);
    this.weigh(clean, reading, thrown?.weight);
    if (reading.consequence?.ends !== undefined && clean.mark !== 'command') this.endSomething(reading);
  }

  /** Script, variables and commands that a runner only shows. */
  private passOver({ mark, text }: CleanLine): boolean {
    if (mark === 'group') {
      this.header = /^Run /.test(text) ? MAX_GROUP_LINES : 0;
      this.beside = BESIDE.test(text);
    }
    if (mark === 'group-end') {
      this.header = 0;
      this.beside = false;
    }
    return (
      this.header > 0 || mark === 'command' || mark === 'quiet' || mark === 'group' || mark === 'group-end'
    );
  }

  private heed(line: CleanLine, { notices }: Reading): void {
    if (notices.has('retry')) this.adjustRecent(line.number - NOTICE_REACH, SCORES.retried);
    if (notices.has('begin')) this.begun = line.number;
    if (notices.has('pass')) this.adjustRecent(Math.max(this.begun, line.number - PASS_REACH), SCORES.passed);
    if (notices.has('cleaning-up')) this.cleaningUp = true;
  }

  private weigh(line: CleanLine, reading: Reading, thrown: number | undefined): void {
    const { cause, consequence, penalty } = reading;
    const marked = line.mark === 'error';
    let score = Math.max(weighCause(cause, line.text, thrown), marked ? SCORES.marked : 0);
    if (consequence !== undefined && !(isExact(cause) && (cause?.weight ?? 0) > OVER_CONSEQUENCE))
      score = cause?.weak === true ? SCORES.weakConsequence : SCORES.consequence;
    if (score === 0) return;
    if (marked) score += consequence === undefined || score > SCORES.consequence ? SCORES.markedBonus : 1;
    if (line.mark === 'warning') score -= 40;
    score -= penalty;
    if (this.beside) score += SCORES.beside;
    // A verdict of the runner itself comes when everything else is over.
    if (!isVerdict(cause)) {
      if (this.cleaningUp) score += SCORES.cleaningUp;
      else if (this.ended) score += SCORES.afterEnd;
    }
    if (score <= 0) return;
    this.recent.push(
      this.createCandidate(
        line,
        score,
        cause?.category ?? (thrown === undefined ? UNKNOWN_CATEGORY : 'unhandled_exception'),
      ),
    );
  }

  private endSomething({ consequence }: Reading): void {
    const last = this.lines;
    if (!this.ended) {
      for (const candidate of this.recent) {
        if (
          candidate.line > last - END_REACH &&
          candidate.score > SCORES.consequence + 2 &&
          candidate.score < SCORES.sure
        )
          candidate.score += SCORES.nearEnd;
      }
    }
    if (consequence?.ends !== 'job' || this.ended) return;
    this.lastWords ??= this.findLastWords(SCORES.lastWords, true);
    this.ended = true;
  }

  private adjustRecent(from: number, by: number): void {
    for (const candidate of this.recent) if (candidate.line >= from) candidate.score += by;
  }

  private lower(line: number, by: number): void {
    for (const candidate of this.recent) if (candidate.line === line) candidate.score += by;
    if (this.ranking.best?.line === line) this.ranking.best.score += by;
  }

  /** The first line of the last paragraph of plain text. */
  private findLastWords(score: number, paragraph: boolean): Candidate | undefined {
    let first: CleanLine | undefined;
    for (const [back, text] of this.recentLines.last(LOOK_BACK).toReversed().entries()) {
      const line = cleanLine(this.recentLines.count - back, text);
      const plain =
        line.mark === 'none' && /[a-z]{3}/i.test(line.text) && !/^(?:INFO|DEBUG)\b/.test(line.text);
      const blank = line.text.trim() === '';
      if (plain) first = line;
      if (first !== undefined && (blank || !plain || !paragraph)) break;
    }
    return first === undefined ? undefined : this.createCandidate(first, score, UNKNOWN_CATEGORY);
  }

  private createCandidate(line: CleanLine, score: number, category: string): Candidate {
    const back = this.recentLines.count - line.number + 1;
    const before = this.recentLines.last(CONTEXT_LINES + back).slice(0, CONTEXT_LINES);
    return { line: line.number, text: line.shown, category, score, before, after: [] };
  }
}

/** An exception at the end of a trace counts as such, unless its words are known from a table. */
function weighCause(cause: Cause | undefined, text: string, thrown: number | undefined): number {
  if (thrown === undefined) {
    const echo = cause?.category === 'unhandled_exception' && isEcho(text);
    return echo ? ECHO_WEIGHT : (cause?.weight ?? 0);
  }
  const known = isExact(cause) && cause?.category !== 'unhandled_exception';
  return known ? Math.max(cause?.weight ?? 0, thrown + 3) : thrown;
}

function isExact(cause: Cause | undefined): boolean {
  return cause !== undefined && cause.category !== UNKNOWN_CATEGORY;
}

const VERDICT_WEIGHT = 86;

function isVerdict(cause: Cause | undefined): boolean {
  return cause !== undefined && cause.weight >= VERDICT_WEIGHT && /timeout|runner_/.test(cause.category);
}
