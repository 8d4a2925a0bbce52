import type { Finding } from '#domain/validation/finding.js';
import type { DefinitionFile } from '../input/definition-file.js';

/** A definition that was to be run is wrong. */
export class DefinitionFindings extends Error {
  constructor(
    readonly file: DefinitionFile,
    readonly findings: readonly Finding[],
  ) {
    super(`${file.path} is not valid`);
  }
}
