import type { Command } from 'commander';
import type { ApprovalView } from '#contracts/rest/operations.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { formatSpan } from '../view/duration.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { type Style, styleOf } from '../view/style.js';
import { renderTable } from '../view/table.js';
import { describeApprovers } from '../view/waiting.js';

interface ApprovalsOptions {
  readonly mine?: boolean;
  readonly json?: boolean;
}

export function addApprovalsCommand(program: Command, context: CommandContext): void {
  program
    .command('approvals')
    .description('Lists the approvals that are waited for, the oldest first.')
    .option('--mine', 'only those that the caller may decide')
    .option('--json', 'print one JSON object: items')
    .action((options: ApprovalsOptions) => context.perform(options, () => approvals(options, context)));
}

async function approvals(options: ApprovalsOptions, context: CommandContext): Promise<ExitCode> {
  const items = await context.api().listApprovals(options.mine === true ? { for: 'me' } : {});
  const { out } = context.console;
  writeLines(out, options.json === true ? [toSafeJson({ items }, 2)] : renderApprovals(items, styleOf(out)));
  return EXIT.ok;
}

function renderApprovals(items: readonly ApprovalView[], style: Style): string[] {
  if (items.length === 0) {
    return ['no approval is waited for'];
  }
  const now = Date.now();
  return renderTable(
    ['RUN', 'WORKFLOW', 'STEP', 'BY', 'WAITS', 'EXPIRES', 'MESSAGE'],
    items.map(({ run, workflow, step, requestedAt, approval }) => [
      toPlainText(run),
      toPlainText(workflow),
      toPlainText(step),
      describeApprovers(approval),
      formatSpan(requestedAt, undefined, now),
      describeMoment(approval.expiresAt),
      toPlainText(approval.message ?? ''),
    ]),
    style,
  );
}

/** Seconds are enough of a moment that was meant for people. */
function describeMoment(at: number | undefined): string {
  const date = new Date(at ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().replace(/\.\d+Z$/, 'Z');
}
