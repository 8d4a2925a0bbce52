import { isId } from '../../definition/names.js';
import { quote } from '../../definition/path.js';
import type { Spot } from '../../definition/tree.js';
import type { Conversion } from './conversion.js';
import type { StepSource } from './step-source.js';

/** A variable of the document: an input of the definition, or a text in which others stand. */
export interface Variable {
  readonly name: string;
  readonly spot: Spot;
  /** Absent where `text` is there. */
  readonly input?: string;
  readonly type: 'boolean' | 'number' | 'text' | 'unknown';
  /** Put in wherever the variable is named. */
  readonly text?: string;
}

/** Words of CEL that no input may be read by as `inputs.<word>`. */
const RESERVED = new Set(
  'as break const continue else false for function if import in let loop null package namespace return true var void while'.split(
    ' ',
  ),
);

/** Every name of one document: its steps and variables, by their source's spelling. */
export class Names {
  private readonly ids = new Set<string>();
  private readonly steps = new Map<string, StepSource>();
  private readonly variables = new Map<string, Variable>();
  /** Names under which an output was kept: `register: result`. */
  private readonly outputs = new Map<string, StepSource>();
  private readonly inputs = new Map<string, Spot>();
  private readonly secrets = new Set<string>();

  constructor(private readonly conversion: Conversion) {}

  /** A valid id that nothing else has, as near to `wanted` as can be. */
  claimId(wanted: string, spot: Spot, fallback: string): string {
    const near = toId(wanted) ?? fallback;
    let id = near;
    for (let count = 2; this.ids.has(id); count++) id = `${near.slice(0, 90)}-${count}`;
    this.ids.add(id);
    if (wanted !== '' && wanted !== id)
      this.conversion.note('renamed', spot, `${quote(wanted)} is called \`${id}\`.`);
    return id;
  }

  /** @param known names under which the document may mean the step, the surest first */
  addStep(step: StepSource, known: readonly string[]): void {
    const [own, ...others] = known;
    if (own !== undefined) {
      const other = this.steps.get(own);
      if (other !== undefined && other.sourceIds[0] === own) {
        this.conversion.refuse(
          'steps-id-duplicate',
          step.spot,
          `Two steps are called ${quote(own)}.`,
          'Give each step an id of its own, and name the right one where steps refer to it.',
        );
      } else this.steps.set(own, step);
    }
    for (const name of others) if (!this.steps.has(name)) this.steps.set(name, step);
  }

  step(name: string): StepSource | undefined {
    return this.steps.get(name);
  }

  stepNames(): Iterable<string> {
    return this.steps.keys();
  }

  addVariable(variable: Variable): void {
    this.variables.set(variable.name, variable);
  }

  variable(name: string): Variable | undefined {
    return this.variables.get(name);
  }

  isSecret(name: string): boolean {
    return this.secrets.has(name);
  }

  addSecret(name: string): void {
    this.secrets.add(name);
  }

  addOutput(name: string, step: StepSource): void {
    this.outputs.set(name, step);
  }

  /** A value that a step sets, read by its own name afterwards. */
  addOutputMember(name: string, step: StepSource): void {
    if (!this.variables.has(name)) this.outputs.set(name, step);
  }

  outputOf(name: string): StepSource | undefined {
    return this.outputs.get(name);
  }

  /** The name of an input for a name of the document. */
  claimInput(name: string, spot: Spot): string {
    const near = toIdentifier(name);
    let input = near;
    for (let count = 2; this.inputs.has(input); count++) input = `${near}_${count}`;
    this.inputs.set(input, spot);
    if (input !== name)
      this.conversion.note('renamed', spot, `The variable ${quote(name)} is the input \`${input}\`.`);
    return input;
  }

  /** An input that the document uses and does not declare: whoever starts the run must give it. */
  requireInput(name: string, spot: Spot): Variable {
    const known = this.variables.get(name);
    if (known !== undefined) return known;
    const input = this.claimInput(name, spot);
    const variable: Variable = { name, spot, input, type: 'unknown' };
    this.variables.set(name, variable);
    this.undeclared.push(input);
    this.conversion.note(
      'decided',
      spot,
      `${quote(name)} is not declared: it is the input \`${input}\`, which each start must give.`,
    );
    return variable;
  }

  readonly undeclared: string[] = [];
}

/** `Build App` → `build-app`; undefined where nothing is left. */
export function toId(text: string): string | undefined {
  const near = text
    .normalize('NFKD')
    .slice(0, 200)
    .replace(/\p{M}+/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const named = /^\d/.test(near) ? `step-${near}` : near;
  const id = named.slice(0, 90).replace(/-+$/, '');
  return isId(id) ? id : undefined;
}

function toIdentifier(text: string): string {
  const near = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .slice(0, 80)
    .replace(/^(?=\d)/, '_');
  const name = /[A-Za-z0-9]/.test(near) ? near : 'value';
  return RESERVED.has(name) ? `${name}_` : name;
}
