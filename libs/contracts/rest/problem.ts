import type { Refusal } from '#domain/execution/operation.js';
import type { Finding } from '#domain/validation/finding.js';

/** RFC 9457, media type application/problem+json. */
export interface Problem {
  /** `https://sluice.dev/problems/<code>` */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly hint?: string;
  readonly correlationId: string;
  /** With code `definition-invalid`. */
  readonly findings?: readonly Finding[];
  /** With code `request-invalid`, `inputs-invalid`, and `rerun-impossible`: there each has a code and a cure, and `path` is a step. */
  readonly errors?: readonly {
    readonly path: string;
    readonly message: string;
    readonly code?: string;
    readonly hint?: string;
  }[];
  /** With code `operation-refused`, `operation-not-allowed`. */
  readonly refusal?: Refusal;
}
