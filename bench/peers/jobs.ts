/** Levels, one after another, of steps side by side. */
export type Levels = readonly (readonly string[])[];

/** What every peer does. A step answers with its name, and a job with the names of its steps. */
export const JOBS = {
  'ten-steps': Array.from({ length: 5 }, (_, n) => [`left-${n + 1}`, `right-${n + 1}`]),
  'in-sequence': Array.from({ length: 400 }, (_, n) => [`step-${n + 1}`]),
  'fan-out': [Array.from({ length: 100 }, (_, n) => `item-${n + 1}`)],
} as const satisfies Readonly<Record<string, Levels>>;

export type JobName = keyof typeof JOBS;

export function stepsOf(job: JobName): readonly string[] {
  return JOBS[job].flat();
}

/** Throws unless the answer of a run names every step of the job, in its order. */
export function requireSteps(job: JobName, answer: unknown): void {
  if (JSON.stringify(answer) === JSON.stringify(stepsOf(job))) return;
  throw new Error(`a run of ${job} answered ${JSON.stringify(answer)?.slice(0, 200)}`);
}
