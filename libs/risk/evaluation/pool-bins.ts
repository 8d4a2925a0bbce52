import type { CalibrationBin } from '../learning/measures.js';
import type { Evaluation } from './evaluate.js';

const PARTS = 10;

/** Calibration of the model on the later changes of all projects: their bins by what was expected, in tenths; none empty. */
export function poolBins({ projects }: Evaluation): CalibrationBin[] {
  const bins = projects.flatMap(({ within }) => within['the model'].bins);
  return Array.from({ length: PARTS }, (_, at) => {
    const mine = bins.filter(({ expected }) => Math.min(Math.floor(expected * PARTS), PARTS - 1) === at);
    const count = mine.reduce((sum, bin) => sum + bin.count, 0);
    const mean = (key: 'expected' | 'observed') =>
      mine.reduce((sum, bin) => sum + bin.count * bin[key], 0) / count;
    return { count, expected: mean('expected'), observed: mean('observed') };
  }).filter(({ count }) => count > 0);
}
