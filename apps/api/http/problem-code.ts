/** What one code of a problem means. */
export interface ProblemCode {
  readonly status: number;
  readonly title: string;
  readonly cause: string;
  readonly cure: string;
}
