/** A line that may be the cause, and what speaks for it. Texts are as they came: only those of the best are made fit to show. */
export interface Candidate {
  readonly line: number;
  readonly text: string;
  readonly category: string;
  score: number;
  readonly before: readonly string[];
  readonly after: string[];
}

/** Keeps the best of many: the first of those with the highest score. */
export class Ranking {
  best: Candidate | undefined;
  /** The best of another category: where it is near, the choice is less sure. */
  rival: Candidate | undefined;

  offer(candidate: Candidate): void {
    const { best } = this;
    if (best === undefined || candidate.score > best.score) {
      if (best !== undefined && best.category !== candidate.category) this.rival = best;
      this.best = candidate;
    } else if (
      candidate.category !== best.category &&
      (this.rival === undefined || candidate.score > this.rival.score)
    ) {
      this.rival = candidate;
    }
  }
}
