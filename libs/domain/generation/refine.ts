import { isSluiceError } from '../errors.js';
import type { PlanActions } from '../plan/action.js';
import type { Generation } from './generate.js';
import { hideSecrets } from './hide-secrets.js';
import { findRefusal } from './refinement.js';

/** Whoever may make a generated definition better. Nothing depends on its being there, quick or right. */
export interface DefinitionRefiner {
  /** As people know it. */
  readonly name: string;
  /** Answers with a whole definition, or throws SluiceError `model-unavailable`, within a time of its own. */
  refine(request: RefinementRequest): Promise<string>;
}

/** All that leaves this machine. */
export interface RefinementRequest {
  /** With its comments; what looks like a secret, and where the repository is, are hidden. */
  readonly definition: string;
  /** What a person would be told, too. */
  readonly notes: readonly string[];
}

export interface Refinement {
  readonly generation: Generation;
  /** What became of asking, in one sentence. */
  readonly outcome: string;
  readonly accepted: boolean;
}

/** Asks the refiner, and takes what it answers only where nothing speaks against it. Never throws for what it does. */
export async function refine(
  generation: Generation,
  refiner: DefinitionRefiner,
  { address, actions }: { readonly address: string | undefined; readonly actions: PlanActions },
): Promise<Refinement> {
  const keep = (why: string): Refinement => ({
    generation,
    accepted: false,
    outcome: `The definition stands as generated: ${refiner.name} ${why}.`,
  });
  const hide = createHider(address);
  const notes = generation.notes.map(({ text }) => hideSecrets(text));
  const sent = hide.away(generation.definition);
  let answer: string;
  try {
    answer = await refiner.refine({ definition: sent, notes });
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    return keep(`gave no answer that can be used (${error.message})`);
  }
  if (answer.trim() === sent.trim()) return keep('has nothing to add');
  const refined = hide.back(answer);
  const refusal = findRefusal(generation.definition, refined, actions);
  if (refusal !== undefined) return keep(`answered with one that cannot be taken: ${refusal}`);
  const head = `# Refined by ${refiner.name.replaceAll(/[^\w./:-]/g, '_').slice(0, 100)}, within what is checked: no step was dropped, changed or made to wait for less.\n`;
  return {
    generation: { ...generation, definition: head + refined },
    accepted: true,
    outcome: `Refined by ${refiner.name}; the explanations are those of the definition as it was generated.`,
  };
}

const STAND_IN = 'path-of-the-repository';

/** The place of the repository tells who works here, so a word stands for it on the way. */
function createHider(address: string | undefined) {
  const quoted = address === undefined ? undefined : `default: ${address}`;
  const written = address === undefined ? undefined : `default: ${JSON.stringify(address)}`;
  return {
    away(text: string): string {
      let hidden = text;
      for (const each of [quoted, written]) {
        if (each !== undefined) hidden = hidden.replaceAll(`${each},`, `default: ${STAND_IN},`);
      }
      return hideSecrets(hidden);
    },
    back: (text: string) =>
      written === undefined
        ? text
        : text.replaceAll(new RegExp(`default: ["']?${STAND_IN}["']?`, 'g'), () => written),
  };
}
