import type { Command } from 'commander';
import type { TemplateView } from '#contracts/rest/templates.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { type Style, styleOf } from '../view/style.js';
import { renderTable } from '../view/table.js';

interface TemplatesOptions {
  readonly tag?: string;
  readonly json?: boolean;
}

export function addTemplatesCommand(program: Command, context: CommandContext): void {
  program
    .command('templates')
    .description('Lists templates: definitions with places for values.')
    .option('--tag <tag>', 'only those with this tag')
    .option('--json', 'print one JSON object: items')
    .action((options: TemplatesOptions) => context.perform(options, () => templates(options, context)));
}

async function templates({ tag, json }: TemplatesOptions, context: CommandContext): Promise<ExitCode> {
  const all = await context.api().listTemplates();
  const items = tag === undefined ? all : all.filter(({ tags }) => tags.includes(tag));
  const { out } = context.console;
  writeLines(out, json === true ? [toSafeJson({ items }, 2)] : renderTemplates(items, styleOf(out)));
  return EXIT.ok;
}

function renderTemplates(items: readonly TemplateView[], style: Style): string[] {
  if (items.length === 0) return ['no template; save one: sluice template save FILE'];
  const rows = items.map(({ name, tags, builtIn, createdBy, description }) =>
    [name, tags.join(', '), builtIn ? 'built in' : (createdBy ?? ''), description ?? ''].map(toPlainText),
  );
  return renderTable(['NAME', 'TAGS', 'BY', 'WHAT IT MAKES'], rows, style);
}
