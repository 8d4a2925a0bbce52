/** Every code that a finding may carry, with its cause and cure; the reference in docs holds the same set. */
export const FINDING_CODES = {} as const satisfies Record<string, { readonly cause: string; readonly cure: string }>;

export type FindingCode = string;
