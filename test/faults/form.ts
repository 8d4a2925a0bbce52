/** `npm run test:faults`: everything is done longer and oftener. */
export const LONG = process.env['SLUICE_TEST_LONG'] === '1';

/** Of the numbers from which moments and choices come. */
export const SEED = Number(process.env['SLUICE_TEST_SEED'] ?? 20_261_122);
