import type { Command } from 'commander';
import type { WorkflowVersionView } from '#contracts/rest/workflows.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { type Style, styleOf } from '../view/style.js';
import { renderTable } from '../view/table.js';

interface VersionsOptions {
  readonly published?: boolean;
  readonly json?: boolean;
}

export function addVersionsCommand(program: Command, context: CommandContext): void {
  program
    .command('versions')
    .description('Lists the versions of a workflow, the newest first.')
    .argument('<workflow>', 'name or id of a stored workflow')
    .option('--published', 'only those that were published')
    .option('--json', 'print one JSON object: items')
    .action((workflow: string, options: VersionsOptions) =>
      context.perform(options, () => versions(workflow, options, context)),
    );
}

async function versions(
  workflow: string,
  { published, json }: VersionsOptions,
  { console, api }: CommandContext,
): Promise<ExitCode> {
  const items = await api().listVersions(workflow, { ...(published === true && { published }) });
  const { out } = console;
  writeLines(out, json === true ? [toSafeJson({ items }, 2)] : renderVersions(items, styleOf(out)));
  return EXIT.ok;
}

function renderVersions(items: readonly WorkflowVersionView[], style: Style): string[] {
  if (items.length === 0) return ['no version was published; publish one: sluice publish NAME'];
  const rows = items.map(({ version, published, aliases, createdAt, createdBy }) =>
    [
      `v${version}`,
      published?.as ?? 'draft',
      aliases.join(', '),
      published?.at ?? createdAt,
      published?.by ?? createdBy,
      published?.reason ?? '',
    ].map(toPlainText),
  );
  return renderTable(['VERSION', 'PUBLISHED AS', 'ALIASES', 'AT', 'BY', 'REASON'], rows, style);
}
