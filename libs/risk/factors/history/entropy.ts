/**
 * Spread of a change: Shannon's entropy, in bits, of the modified lines over the files (Hassan 2009; Kamei et al. 2013).
 * 0 where one file has all of them; log2(n) where n files share evenly.
 */
export function computeEntropy(linesOfFiles: readonly number[]): number {
  const all = linesOfFiles.reduce((sum, lines) => sum + lines, 0);
  const entropy = linesOfFiles
    .filter((lines) => lines > 0)
    .reduce((sum, lines) => sum - (lines / all) * Math.log2(lines / all), 0);
  return Math.max(0, entropy);
}
