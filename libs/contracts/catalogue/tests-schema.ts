import { describeTests } from '#domain/rehearsal/describe-tests.js';

/** The published JSON Schema of files of tests, as text: the same by command line and in schema/. */
export function renderTestsSchema(): string {
  return `${JSON.stringify(describeTests(), null, 2)}\n`;
}
