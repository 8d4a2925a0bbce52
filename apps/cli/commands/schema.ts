import type { Command } from 'commander';
import { renderDefinitionSchema } from '#contracts/catalogue/definition-schema.js';
import { renderTestsSchema } from '#contracts/catalogue/tests-schema.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { writeTextFile } from '../input/text-file.js';

interface SchemaOptions {
  readonly output?: string;
  readonly tests?: boolean;
}

export function addSchemaCommand(program: Command, context: CommandContext): void {
  program
    .command('schema')
    .description('Prints the JSON Schema of definitions, for editors; asks no server.')
    .option('--tests', 'the one of files of tests instead')
    .option('--output <file>', 'write it to this file')
    .action((options: SchemaOptions) => context.perform({}, () => schema(options, context)));
}

async function schema({ output, tests }: SchemaOptions, { console }: CommandContext): Promise<ExitCode> {
  const text = tests === true ? renderTestsSchema() : renderDefinitionSchema();
  if (output === undefined) {
    console.out.write(text);
    return EXIT.ok;
  }
  await writeTextFile(output, text);
  return EXIT.ok;
}
