import type { CalibrationBin } from '../learning/measures.js';

const SIZE = 480;
const EDGE = 56;
const LARGEST = 14;
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1];

/**
 * A picture (SVG) of expected against observed shares of defects. True probabilities lie on the diagonal; the area of a point
 * says how many changes it stands for.
 */
export function drawCalibration(bins: readonly CalibrationBin[]): string {
  const most = Math.max(...bins.map(({ count }) => count));
  const points = bins.map(({ expected, observed, count }) => {
    const words = `${count} changes: expected ${expected.toFixed(3)}, observed ${observed.toFixed(3)}`;
    const radius = write(LARGEST * Math.sqrt(count / most));
    return `<circle cx="${across(expected)}" cy="${up(observed)}" r="${radius}"><title>${words}</title></circle>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE} ${SIZE}" font-family="sans-serif" font-size="12" role="img">`,
    '<title>Calibration on the later changes of all projects</title>',
    `<rect width="${SIZE}" height="${SIZE}" fill="#fff"/>`,
    `<g stroke="#ddd">${TICKS.map((at) => line(at, 0, at, 1) + line(0, at, 1, at)).join('')}</g>`,
    `<g stroke="#888" stroke-dasharray="4">${line(0, 0, 1, 1)}</g>`,
    `<g fill="#555" text-anchor="middle">${TICKS.map(label).join('')}`,
    `<text x="${SIZE / 2}" y="${SIZE - 12}">expected share of defects</text>`,
    `<text transform="translate(16 ${SIZE / 2}) rotate(-90)">observed share of defects</text></g>`,
    `<g fill="#06c" fill-opacity="0.7">${points.join('')}</g>`,
    '</svg>',
    '',
  ].join('\n');
}

function label(at: number): string {
  return `<text x="${across(at)}" y="${write(SIZE - EDGE + 18)}">${at}</text><text x="${write(EDGE - 16)}" y="${up(at)}">${at}</text>`;
}

function line(x: number, y: number, toX: number, toY: number): string {
  return `<line x1="${across(x)}" y1="${up(y)}" x2="${across(toX)}" y2="${up(toY)}"/>`;
}

function across(share: number): string {
  return write(EDGE + share * (SIZE - 2 * EDGE));
}

function up(share: number): string {
  return write(SIZE - EDGE - share * (SIZE - 2 * EDGE));
}

function write(value: number): string {
  return String(Math.round(100 * value) / 100);
}
