import type { RunNews } from '../server/follow-run.js';

/** Shows a run while it goes on. */
export interface Progress {
  /** Called with each piece of news before the picture takes it up. */
  show(news: RunNews): void;
  /** Leaves the output as a place where others may write. */
  end(): void;
}
