import type {
  Definition,
  StageDefinition,
  StepDefinition,
  StepsDefinition,
} from '../definition/definition.js';

/** What of a definition its Plan does not tell: where its nodes stand in the text, and which wait by their place alone. */
export interface DefinitionFacts {
  /** Keys from the root of the text down to the node, by its id. */
  readonly paths: ReadonlyMap<string, readonly (string | number)[]>;
  /** Ids of the nodes without `needs`. */
  readonly waitsByPlace: ReadonlySet<string>;
}

export function readFacts(definition: Definition): DefinitionFacts {
  const paths = new Map<string, readonly (string | number)[]>();
  const waitsByPlace = new Set<string>();
  const visit = (node: StageDefinition | StepDefinition, path: readonly (string | number)[]): void => {
    paths.set(node.id, path);
    if (node.needs === undefined) waitsByPlace.add(node.id);
    for (const [below, steps] of blocksOf(node)) {
      for (const [id, step] of steps) visit(step, [...path, ...below, 'steps', id]);
    }
  };
  for (const [id, stage] of definition.stages) visit(stage, ['stages', id]);
  return { paths, waitsByPlace };
}

/** Keys below the node, without the last one, `steps`. */
function blocksOf(
  node: StageDefinition | StepDefinition,
): readonly (readonly [readonly (string | number)[], StepsDefinition])[] {
  switch (node.kind) {
    case 'stage':
      return [[[], node.steps]];
    case 'forEach':
      return [[[], node.forEach.steps]];
    case 'loop':
      return [[[], node.loop.steps]];
    case 'parallel':
      return [...node.parallel.branches].map(
        ([name, steps]) => [['parallel', 'branches', name], steps] as const,
      );
    case 'switch':
      return node.switch.map(({ steps }, index) => [['switch', index], steps] as const);
    case 'try':
      return [
        [['try'], node.try.steps],
        ...node.try.catch.map(({ steps }, index) => [['try', 'catch', index], steps] as const),
        ...(node.try.finally === undefined ? [] : [[['try', 'finally'], node.try.finally] as const]),
      ];
    default:
      return [];
  }
}
