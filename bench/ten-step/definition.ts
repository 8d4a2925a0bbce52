const LEVELS = [1, 2, 3, 4, 5];

/** The same job as a definition: five stages of two steps side by side. */
export const TEN_STEP_DEFINITION = `
sluice: 1
name: ten-step-job
stages:
${LEVELS.map(
  (level) => `  level-${level}:
    steps:
      left-${level}: { needs: [], uses: log/write, with: { message: left-${level} } }
      right-${level}: { needs: [], uses: log/write, with: { message: right-${level} } }`,
).join('\n')}
output: done
`;
