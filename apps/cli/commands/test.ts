import { type Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from '../context.js';
import type { TestOptions } from '../rehearsal/command.js';

export function addTestCommand(program: Command, context: CommandContext): void {
  program
    .command('test')
    .description('Runs the tests of definitions, with mocked actions and a clock that jumps; asks no server.')
    .argument(
      '<file...>',
      'files of tests (*.test.yaml), folders of them, or definitions beside which they stand',
    )
    .option('--coverage', 'say which steps and branches no test reaches')
    .option('--min-coverage <percent>', 'fail where the tests of a definition reach less', parsePercent)
    .option('--junit <file>', 'write the results as JUnit XML')
    .option('--json', 'print one JSON object: passed, files with their tests and coverage')
    .action((files: string[], options: TestOptions) =>
      context.perform(options, async () => {
        const { testCommand } = await import('../rehearsal/command.js');
        return testCommand(files, options, context);
      }),
    );
}

/** Throws commander's error for an argument that is none. */
function parsePercent(text: string): number {
  const percent = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (percent >= 0 && percent <= 100) return percent;
  throw new InvalidArgumentError('It is no whole number from 0 to 100.');
}
