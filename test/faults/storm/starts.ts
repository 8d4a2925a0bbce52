import { setTimeout as sleep } from 'node:timers/promises';
import type { RunView } from '#contracts/rest/runs.js';
import type { TestPlatform } from '../../platform.js';
import type { Absence } from './storm.js';

/** Only keeps a broken test from hanging. */
const ANSWER_MS = 60_000;
const AGAIN_MS = 200;

/** What came of the starts that were sent. */
export class Starts {
  /** Run of each Idempotency-Key. */
  readonly accepted = new Map<string, string>();
  /** Answers 503. */
  unavailable = 0;
  /** Requests without an answer: their times, and what cut them. */
  readonly cut: { readonly from: number; readonly to: number; readonly why: string }[] = [];
  /** Answers that there must not be. */
  readonly wrong: string[] = [];

  constructor(
    private readonly platform: TestPlatform,
    private readonly workflow: string,
  ) {}

  /** So many in so many milliseconds, each sent again until it is accepted, every fifth once more after that. */
  async send(count: number, ms: number): Promise<void> {
    const starts = Array.from({ length: count }, async (_, n) => {
      await sleep((ms * n) / count);
      await this.startUntilAccepted(n);
      if (n % 5 === 0) await this.startUntilAccepted(n);
    });
    await Promise.all(starts);
  }

  /** Requests without an answer though no API process was down. */
  findUnexplained(absences: readonly Absence[]): readonly string[] {
    const unexplained = this.cut.filter(
      ({ from, to }) =>
        !absences.some((absence) => absence.from <= to && (absence.to ?? Number.POSITIVE_INFINITY) >= from),
    );
    return unexplained.map(({ from, to, why }) => `${Math.round(from)} to ${Math.round(to)}: ${why}`);
  }

  private async startUntilAccepted(n: number): Promise<void> {
    while (this.wrong.length === 0 && !(await this.startOnce(n))) await sleep(AGAIN_MS);
  }

  /** False: to be sent again. */
  private async startOnce(n: number): Promise<boolean> {
    const key = `storm-${n}`;
    const from = performance.now();
    let answer: { readonly status: number; readonly headers: Headers; readonly body: RunView };
    try {
      const request = this.platform.request<RunView>(
        'POST',
        `/workflows/${this.workflow}/execute`,
        { inputs: { n } },
        { 'idempotency-key': key },
      );
      answer = await Promise.race([request, sleep(ANSWER_MS, undefined, { ref: false }).then(refuseToWait)]);
    } catch (error) {
      if (error === TOO_LATE) this.wrong.push(`${key}: no answer within ${ANSWER_MS} ms`);
      const why = String((error as Error).cause ?? error);
      this.cut.push({ from, to: performance.now(), why });
      return false;
    }
    const { status, headers, body } = answer;
    if (status === 503) {
      this.unavailable++;
      if (!/^[1-9]\d*$/.test(headers.get('retry-after') ?? ''))
        this.wrong.push(`${key}: 503 without Retry-After`);
      return false;
    }
    const before = this.accepted.get(key);
    if (status !== 202) this.wrong.push(`${key}: ${status} ${JSON.stringify(body)}`);
    else if (before !== undefined && before !== body.id) this.wrong.push(`${key}: ${before} and ${body.id}`);
    else this.accepted.set(key, body.id);
    return true;
  }
}

const TOO_LATE = new Error('no answer');

function refuseToWait(): never {
  throw TOO_LATE;
}
