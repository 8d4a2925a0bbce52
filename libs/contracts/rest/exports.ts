import type { Format } from '#domain/front-ends/front-end.js';
import type { Note } from '#domain/front-ends/steps/conversion.js';
import type { Finding } from '#domain/validation/finding.js';

/** GET /workflows/{id}/versions/{version}/export: answers 200 with this, whether it was exported or not. */
export interface ExportView {
  readonly workflow: string;
  readonly version: number;
  /** The language in which it is stored. */
  readonly from: Format;
  readonly format: Format;
  readonly exported: boolean;
  /** The document, where all of its meaning is kept. */
  readonly document?: string;
  readonly findings: readonly Finding[];
  readonly notes: readonly Note[];
}
