/** Probabilities or other scores beside what came true: 1 a defect, 0 none. Of one length, at least one row. */
export interface Judged {
  readonly scores: ArrayLike<number>;
  readonly labels: ArrayLike<number>;
}

/** That a change with a defect is ranked above one without, ties counting half (Mann-Whitney); undefined with one kind only. */
export function computeAuc({ scores, labels }: Judged): number | undefined {
  const order = sortBy(scores, 1);
  let [positives, rankSum] = [0, 0];
  for (let start = 0; start < order.length; ) {
    const end = endOfTie(order, scores, start);
    const rank = (start + 1 + end) / 2;
    for (let at = start; at < end; at += 1)
      if (labels[order[at]!] === 1) {
        positives += 1;
        rankSum += rank;
      }
    start = end;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return undefined;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Average precision: the precision at each defect found, tied changes being found together; undefined without a defect. */
export function computePrAuc({ scores, labels }: Judged): number | undefined {
  const order = sortBy(scores, -1);
  let [found, sum] = [0, 0];
  for (let start = 0; start < order.length; ) {
    const end = endOfTie(order, scores, start);
    let more = 0;
    for (let at = start; at < end; at += 1) more += labels[order[at]!]!;
    found += more;
    sum += more * (found / end);
    start = end;
  }
  return found === 0 ? undefined : sum / found;
}

/** Mean squared distance of probability and truth (Brier 1950). */
export function computeBrier({ scores, labels }: Judged): number {
  let sum = 0;
  for (let row = 0; row < scores.length; row += 1) sum += (scores[row]! - labels[row]!) ** 2;
  return sum / scores.length;
}

export interface CalibrationBin {
  readonly count: number;
  /** Mean probability, and share of defects. */
  readonly expected: number;
  readonly observed: number;
}

/** Parts of (nearly) equal size, from the safest changes to the riskiest. */
export function computeCalibration({ scores, labels }: Judged, bins = 10): CalibrationBin[] {
  const order = sortBy(scores, 1);
  const parts: CalibrationBin[] = [];
  for (let bin = 0; bin < bins; bin += 1) {
    const part = order.slice(
      Math.round((bin * order.length) / bins),
      Math.round(((bin + 1) * order.length) / bins),
    );
    if (part.length === 0) continue;
    parts.push({
      count: part.length,
      expected: meanOf(part, scores),
      observed: meanOf(part, labels),
    });
  }
  return parts;
}

/** Expected calibration error: how far expected and observed are apart, mean over the bins by their size. */
export function computeCalibrationError(bins: readonly CalibrationBin[]): number {
  const total = bins.reduce((sum, bin) => sum + bin.count, 0);
  return bins.reduce((sum, bin) => sum + bin.count * Math.abs(bin.expected - bin.observed), 0) / total;
}

/** What `computeCalibrationError` would be on average, by chance alone, if each expected probability were the true one. */
export function computeChanceError(bins: readonly CalibrationBin[]): number {
  const total = bins.reduce((sum, bin) => sum + bin.count, 0);
  const chance = (bin: CalibrationBin) =>
    Math.sqrt((2 / Math.PI) * bin.count * bin.expected * (1 - bin.expected));
  return bins.reduce((sum, bin) => sum + chance(bin), 0) / total;
}

/**
 * Share of the defects found when changes are looked at from the highest score per unit of effort until `share` of all effort
 * is spent (Kamei et al. 2013, section 3.4); undefined without a defect. No effort counts as one unit.
 */
export function computeRecallAtEffort(
  { scores, labels }: Judged,
  efforts: ArrayLike<number>,
  share = 0.2,
): number | undefined {
  const effort = Float64Array.from(efforts, (each) => Math.max(each, 1));
  const densities = effort.map((each, row) => scores[row]! / each);
  const budget = share * effort.reduce((sum, each) => sum + each, 0);
  let [spent, found, all] = [0, 0, 0];
  for (const row of sortBy(densities, -1)) {
    spent += effort[row]!;
    all += labels[row]!;
    if (spent <= budget) found += labels[row]!;
  }
  return all === 0 ? undefined : found / all;
}

/** Rows by score, rising (1) or falling (-1); equal ones as they came. */
function sortBy(scores: ArrayLike<number>, direction: 1 | -1): Int32Array {
  const order = Int32Array.from({ length: scores.length }, (_, row) => row);
  return order.sort((one, other) => direction * (scores[one]! - scores[other]!) || one - other);
}

function endOfTie(order: Int32Array, scores: ArrayLike<number>, start: number): number {
  let end = start + 1;
  while (end < order.length && scores[order[end]!] === scores[order[start]!]) end += 1;
  return end;
}

function meanOf(rows: Int32Array, values: ArrayLike<number>): number {
  let sum = 0;
  for (const row of rows) sum += values[row]!;
  return sum / rows.length;
}
