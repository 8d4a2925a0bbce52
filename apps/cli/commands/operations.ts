import { type Command, Option } from 'commander';
import type { ReasonRequest } from '#contracts/rest/operations.js';
import type { Console } from '../console.js';
import type { CommandContext } from '../context.js';
import { readJsonArgument, readObjectArgument } from '../input/json-argument.js';
import { runArgument } from '../input/options.js';
import type { OperationCall } from '../server/operation-call.js';
import { addOperationOptions, type OperationOptions, operate, toReason } from './operate.js';

/** A command that asks one thing of a living run. */
interface OperationCommand {
  readonly name: string;
  readonly description: string;
  /** Second argument, after the run. */
  readonly subject?: { readonly name: string; readonly meaning: string };
  readonly option?: Option;
  /** What was done or begun, in words: a step that runs is stopped before it is skipped. */
  readonly done: string;
  /** Throws SluiceError `usage`. */
  ask(asked: Asked): OperationCall | Promise<OperationCall>;
}

interface Asked {
  /** Empty where the command takes none. */
  readonly subject: string;
  /** Value of the command's own option. */
  readonly value: string | undefined;
  readonly body: ReasonRequest;
  readonly console: Console;
}

const STEP = { name: '<step>', meaning: 'key of the step: unit, deploy[2]' } as const;

const OPERATIONS: Readonly<Record<'run' | 'step', readonly OperationCommand[]>> = {
  run: [
    {
      name: 'pause',
      description: 'Lets nothing new begin in a run. What is under way ends; timers go on.',
      done: 'paused',
      ask: ({ body }) => ({ does: 'pause', body }),
    },
    {
      name: 'resume',
      description: 'Lets a paused run go on.',
      done: 'resumed',
      ask: ({ body }) => ({ does: 'resume', body }),
    },
    {
      name: 'send',
      description: 'Sends an event to a run. One that nobody waits for yet is kept.',
      subject: { name: '<event>', meaning: 'name of the event' },
      option: new Option(
        '--data <json|@file>',
        'what the event carries: JSON, or @ and the file that holds it',
      ),
      done: 'sent',
      ask: async ({ subject, value, body, console }) => ({
        does: 'events',
        body: {
          ...body,
          name: subject,
          ...(value !== undefined && { data: await readJsonArgument('--data', value, console) }),
        },
      }),
    },
    {
      name: 'checkpoint',
      description: 'Gives the present state of a run a name, from which it can be run again.',
      subject: { name: '<name>', meaning: 'name of the checkpoint' },
      done: 'kept checkpoint',
      ask: ({ subject, body }) => ({ does: 'checkpoints', body: { ...body, name: subject } }),
    },
  ],
  step: [
    {
      name: 'retry',
      description: 'Tries a step again that failed or waits for a person.',
      subject: STEP,
      option: new Option(
        '--with <json|file>',
        'input of the action in place of what the definition says: a JSON object, or the file that holds it',
      ),
      done: 'retrying',
      ask: async ({ subject: step, value, body, console }) => ({
        does: 'retry',
        step,
        body: {
          ...body,
          ...(value !== undefined && { with: await readObjectArgument('--with', value, console) }),
        },
      }),
    },
    {
      name: 'skip',
      description: 'Skips a step; what needs it runs all the same.',
      subject: STEP,
      done: 'skipping',
      ask: ({ subject: step, body }) => ({ does: 'skip', step, body }),
    },
    {
      name: 'complete',
      description: 'Ends a step as succeeded, with an output made by hand.',
      subject: STEP,
      option: new Option(
        '--output <json|@file>',
        'output of the step: JSON, or @ and the file that holds it',
      ).makeOptionMandatory(),
      done: 'completing',
      ask: async ({ subject: step, value = '', body, console }) => ({
        does: 'complete',
        step,
        body: { ...body, output: await readJsonArgument('--output', value, console) },
      }),
    },
  ],
};

export function addRunOperations(program: Command, context: CommandContext): void {
  for (const operation of OPERATIONS.run) {
    addOperation(program, context, operation);
  }
}

export function addStepOperations(program: Command, context: CommandContext): void {
  for (const operation of OPERATIONS.step) {
    addOperation(program, context, operation);
  }
}

function addOperation(program: Command, context: CommandContext, operation: OperationCommand): void {
  const { name, description, subject, option } = operation;
  const command = program.command(name).description(description).addArgument(runArgument());
  if (subject !== undefined) {
    command.argument(subject.name, subject.meaning);
  }
  if (option !== undefined) {
    command.addOption(option);
  }
  addOperationOptions(command).action(() => {
    const [run = '', subject = ''] = command.args;
    const options = command.opts<OperationOptions & Readonly<Record<string, string>>>();
    const value = option && options[option.attributeName()];
    const done = `${operation.done} ${subject}`.trimEnd();
    return context.perform(options, async () => {
      const asked = { subject, value, body: toReason(options), console: context.console };
      return operate({ run, call: await operation.ask(asked), done }, options, context);
    });
  });
}
