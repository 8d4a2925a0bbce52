import { RERUN_FINDINGS } from '#domain/rerun/findings.js';
import { PROBLEM_CODES } from '../../../apps/api/http/problem-codes.js';

/** docs/problems.md: what stands above its first section, then one section for each code. */
export function renderProblems(standing: string): string {
  const [introduction = ''] = standing.split(/^(?=## )/m, 1);
  const sections = Object.entries(PROBLEM_CODES).map(([code, { status, cause, cure }]) =>
    [
      `## \`${code}\` (${status})`,
      cause,
      `**What to do:** ${cure}`,
      ...(code === 'rerun-impossible' ? ['Its codes:', RERUN_CODES] : []),
    ].join('\n\n'),
  );
  return `${[introduction.trimEnd(), ...sections].join('\n\n')}\n`;
}

const RERUN_CODES = [
  '| Code | Cause |',
  '|---|---|',
  ...Object.entries(RERUN_FINDINGS).map(([code, cause]) => `| \`${code}\` | ${cause} |`),
].join('\n');
