import type { TestProcess } from './process.js';

/** Processes of one program, each as good as the other: what is done to them is done to all. */
export class TestProcessGroup {
  constructor(readonly all: readonly TestProcess[]) {}

  /** Answers with what each says when it is ready. */
  start(): Promise<readonly { readonly type: 'ready'; readonly url?: string }[]> {
    return Promise.all(this.all.map((process) => process.start()));
  }

  async kill(): Promise<void> {
    await Promise.all(this.all.map((process) => process.kill()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((process) => process.stop()));
  }

  /** Times that each was started. */
  get starts(): number {
    return Math.min(...this.all.map(({ starts }) => starts));
  }

  get pids(): readonly number[] {
    return this.all.map(({ pid }) => pid);
  }

  /** All that they printed, of all their starts. */
  get everythingPrinted(): string {
    return this.all.map(({ everythingPrinted }) => everythingPrinted).join('\n');
  }

  get printed(): string {
    return this.all.map(({ printed }) => printed).join('\n');
  }
}
