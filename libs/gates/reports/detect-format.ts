import type { ReportFormat } from './test-report.js';

/** The format that the text begins like; undefined when none. */
export function detectFormat(text: string): ReportFormat | undefined {
  const start = text
    .slice(0, 65_536)
    .replace(/^\ufeff/, '')
    .trimStart();
  if (start.startsWith('<')) return 'junit';
  if (start.startsWith('{')) return 'ctrf';
  return /^(TAP version \d+|1\.\.\d+|(not )?ok\b|Bail out!)/m.test(start) ? 'tap' : undefined;
}
