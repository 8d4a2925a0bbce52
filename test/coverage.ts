/** What a process must find in its environment for `npm test` to count the lines that it runs. */
export function coverageEnvironment(): Readonly<Record<string, string>> {
  const folder = process.env['TEST_COVERAGE_FOLDER'];
  return folder === undefined ? {} : { NODE_V8_COVERAGE: folder };
}
