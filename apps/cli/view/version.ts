/** `v7`, of a published version `v7 (1.4.0)`. */
export function describeVersion(version: {
  readonly version: number;
  readonly publishedAs?: string;
}): string {
  const { version: number, publishedAs } = version;
  return publishedAs === undefined ? `v${number}` : `v${number} (${publishedAs})`;
}
