import type { Ids } from './names.js';
import { because, type RolloutStep } from './project.js';
import { join } from './repository.js';
import type { Job } from './select.js';
import { block, type Line, line, literal } from './tree.js';

export interface RolloutOptions {
  readonly folder: string;
  readonly ids: Ids;
  /** Stages that must be over. */
  readonly needs: readonly string[];
}

/** What brings changed infrastructure to its place: plan, approval, apply; only where somebody asks for it. */
export function rolloutStage(
  { project, why }: Job,
  stage: string,
  { folder, ids, needs }: RolloutOptions,
): Line | undefined {
  const { rollout } = project;
  // What is built for want of knowing better was not changed.
  if (rollout === undefined || why.confidence === 'guess') return undefined;
  const directory = join(folder, project.directory).replace(/\/$/, '');
  const step = (each: RolloutStep) => rolloutStep(ids.take(`${stage}-${each.id}`), each, directory);
  return block(
    ids.take(`${stage}-rollout`),
    [
      line('name', literal(`Roll out ${project.title}`)),
      line('needs', needs, because('certain', 'Nothing is rolled out before all is verified.')),
      line('if', 'inputs.deploy', because('certain', 'Only where whoever starts the run asks for it.')),
      block('steps', [
        ...rollout.plan.map(step),
        block(
          ids.take(`${stage}-approve`),
          [
            line(
              'approval',
              { by: ['approver'], message: literal(rollout.question) },
              because('guess', 'Anybody with the role approver but who started the run; one is enough.'),
            ),
          ],
          because(
            'certain',
            'A person reads what would change before it does.',
            ...project.why.evidence.slice(0, 2),
          ),
        ),
        ...rollout.apply.map(step),
      ]),
    ],
    because(
      'likely',
      'The change touches infrastructure, so it can be brought to its place from here.',
      ...project.why.evidence.slice(0, 2),
    ),
  );
}

function rolloutStep(id: string, { run, why, successCodes, network }: RolloutStep, directory: string): Line {
  return block(
    id,
    [
      line('uses', 'command/run'),
      block('with', [
        line('run', run.map(literal)),
        directory === ''
          ? undefined
          : line('directory', literal(directory), because('certain', 'The folder of the project.')),
        successCodes === undefined
          ? undefined
          : line('successCodes', successCodes, because('certain', 'They all mean that it worked.')),
      ]),
      line('timeout', '1h', because('guess', 'Clouds take their time.')),
      network === true
        ? line(
            'retry',
            { attempts: 3, delay: '10s' },
            because('likely', 'It only reads, and others may be away for a moment.'),
          )
        : undefined,
    ],
    why,
  );
}
