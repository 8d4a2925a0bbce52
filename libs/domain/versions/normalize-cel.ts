/** Strings are kept as they are; comments and white space between them are found. */
const PARTS =
  /("""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*')|(?:\/\/[^\n]*|\s)+/g;

/** Such a string ends otherwise. */
const RAW_STRING = /\b(?:r|rb|br)["']/i;

/** CEL without its comments, and with one blank where there was any white space: what means the same reads the same. */
export function normalizeCel(source: string): string {
  if (RAW_STRING.test(source)) return source;
  return source.replace(PARTS, (_, string?: string) => string ?? ' ').trim();
}
