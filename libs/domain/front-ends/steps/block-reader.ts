import { entriesOf, isList, isMap, itemsOf, type Spot, type TreeMap } from '../../definition/tree.js';
import type { Json, JsonObject } from '../../json.js';
import { type Policy, readFlow } from './block.js';
import type { Conversion } from './conversion.js';
import { translateText } from './expressions/convert.js';
import type { Scope } from './expressions/scope.js';
import { inlineParallel } from './inline-parallel.js';
import { numberOf } from './keys.js';
import { type Block, type DocumentContext, Locals } from './kinds/kind.js';
import { nameOf } from './name-of.js';
import { readGroups } from './parallel-groups.js';
import { type ReadStep, readStep } from './read-step.js';
import { createUses, type StepSource, type Uses } from './step-source.js';
import { writeBlock } from './write-block.js';

export interface BlockPlace {
  readonly parent: StepSource | undefined;
  readonly variables: ReadonlyMap<string, string>;
  readonly groups: readonly Spot[];
  readonly isMain: boolean;
  /** The key of each step is its id. */
  readonly keyed?: boolean;
}

/** What the document says of all its steps. */
export interface BlockTraits {
  policy: Policy | undefined;
  mode: 'sequential' | 'parallel' | undefined;
}

/** Reads the steps of a document, block by block, and writes them when all of them are known. */
export class BlockReader {
  /** Which step of the source a written one is. */
  readonly origins = new Map<JsonObject, Spot>();
  private readonly uses = new Map<StepSource, Uses>();
  private readonly previous = new Map<StepSource, StepSource | undefined>();
  private readonly scopes = new Map<StepSource, ReadonlyMap<string, string>>();
  private readonly localsOf = new Map<StepSource, Locals>();
  private readonly written = new Map<StepSource, JsonObject>();

  constructor(
    private readonly document: DocumentContext,
    private readonly traits: BlockTraits,
  ) {}

  /** Somebody reads a member of what a command prints: it must be JSON. */
  readAsJson(): void {
    for (const [source, body] of this.written) {
      if (!source.printsJson || source.output !== 'command') continue;
      const input = body['with'] as Record<string, Json> | undefined;
      if (input === undefined) continue;
      input['parse'] = 'json';
      this.document.conversion.note(
        'decided',
        source.spot,
        `What \`${source.id}\` prints is read as JSON, as its members are asked for.`,
      );
    }
  }

  readBlock(spots: readonly Spot[], place: BlockPlace): Block {
    const { conversion, names } = this.document;
    const read: ReadStep[] = [];
    const groupOf = new Map<ReadStep, string>();
    for (const [index, spot] of inlineParallel(inOrder(spots, conversion), nameOf).entries()) {
      if (!isMap(spot)) {
        conversion.refuse(
          'steps-value-unknown',
          spot,
          'A step is a map.',
          'Write `{ id: build, type: command, command: make }`.',
        );
        continue;
      }
      const step = this.readOne(spot, index, place);
      if (step === undefined) continue;
      read.push(step);
      if (step.group !== undefined) groupOf.set(step, step.group);
      this.readInline(step, read, place);
    }
    if (place.isMain) for (const spot of place.groups) readGroups(spot, read, groupOf, this.document);
    return {
      emit: () => {
        const flow = readFlow(read, { conversion, names, mode: this.traits.mode, groups: groupOf });
        const written = writeBlock(flow, {
          policy: place.isMain ? this.traits.policy : undefined,
          scope: (source, spot) => this.scopeOf(source, this.localsOf.get(source) ?? new Locals(), spot),
          usesOf: (source) => this.usesOf(source),
          setPrevious: (source, previous) => this.previous.set(source, previous),
          note: (body, source) => {
            this.origins.set(body, source.spot);
            this.written.set(source, body);
          },
        });
        this.handUp(read, place.parent);
        return written;
      },
    };
  }

  /** What steps in a step read outside of it, the step itself reads. */
  private handUp(steps: readonly ReadStep[], parent: StepSource | undefined): void {
    if (parent === undefined) return;
    const outer = this.usesOf(parent);
    for (const { source } of steps) for (const used of this.usesOf(source).steps) outer.steps.add(used);
  }

  private readOne(spot: Spot<TreeMap>, index: number, place: BlockPlace): ReadStep | undefined {
    const { document } = this;
    const parent = place.parent;
    const only = spot.node.entries.size === 1 ? entriesOf(spot)[0] : undefined;
    // `- build: { command: make }`
    const inner =
      only !== undefined &&
      isMap(only[1]) &&
      !/^(parallel|steps|command|run|switch|if|wait|loop|for_?each)$/i.test(only[0])
        ? withId(only[1], only[0], spot)
        : undefined;
    const keyed = place.keyed === true ? withId(spot, String(spot.path?.key), spot) : spot;
    return readStep(inner ?? keyed, {
      parent,
      document,
      fallback: `${parent === undefined ? 'step' : parent.id.slice(0, 80)}-${index + 1}`,
      scope: (source, locals, at) => {
        this.localsOf.set(source, locals);
        return this.scopeOf(source, locals, at);
      },
      input: (source) => {
        this.scopes.set(source, place.variables);
        return {
          readBlock: (steps, variables) => this.readBlock(steps, this.inside(source, place, variables)),
          readSteps: (at, variables) => this.readNested(at, this.inside(source, place, variables)),
          nameVariable: (wanted) => nameVariable(wanted, place.variables),
        };
      },
    });
  }

  private inside(
    parent: StepSource,
    place: BlockPlace,
    variables: ReadonlyMap<string, string> = new Map(),
  ): BlockPlace {
    return { parent, variables: new Map([...place.variables, ...variables]), groups: [], isMain: false };
  }

  private readNested(spot: Spot, place: BlockPlace): Block | undefined {
    if (isList(spot)) return this.readBlock(itemsOf(spot), place);
    if (isMap(spot)) {
      const entries = entriesOf(spot);
      const isOne = entries.some(([key]) => /^(type|command|cmd|run|script|url|uses|steps)$/i.test(key));
      return isOne
        ? this.readBlock([spot], place)
        : this.readBlock(
            entries.map(([, step]) => step),
            { ...place, keyed: true },
          );
    }
    this.document.conversion.refuse(
      'steps-not-kept',
      spot,
      'Steps must stand here, not their names.',
      'Write the steps in place: `steps: [{ … }]`.',
    );
    return undefined;
  }

  /** Steps written where a reaction stands: they follow it beside it. */
  private readInline(step: ReadStep, read: ReadStep[], place: BlockPlace): void {
    for (const { on, reaction } of step.reactions) {
      let last: ReadStep = step;
      for (const [index, spot] of reaction.inline.entries()) {
        const inner = isMap(spot) ? this.readOne(spot, read.length, { ...place, keyed: false }) : undefined;
        if (inner === undefined) continue;
        const target: Spot = {
          node: { kind: 'scalar', value: ` ${inner.source.id}`, position: spot.node.position },
          path: spot.path,
        };
        this.document.names.addStep(inner.source, [` ${inner.source.id}`]);
        (last.reactions as { on: string; reaction: object }[]).push({
          on: index === 0 ? on : 'success',
          reaction: { targets: [target], inline: [] },
        });
        read.push(inner);
        last = inner;
      }
    }
  }

  private usesOf(source: StepSource): Uses {
    const known = this.uses.get(source);
    if (known !== undefined) return known;
    const uses = createUses();
    this.uses.set(source, uses);
    return uses;
  }

  scopeOf(source: StepSource | undefined, locals: Locals, spot: Spot): Scope {
    return {
      conversion: this.document.conversion,
      names: this.document.names,
      spot,
      variables: (source && this.scopes.get(source)) ?? new Map(),
      locals,
      previous: source && this.previous.get(source),
      uses: source === undefined ? createUses() : this.usesOf(source),
      translateText,
    };
  }
}

function withId(map: Spot, id: string, at: Spot): Spot<TreeMap> {
  const { node } = map as Spot<TreeMap>;
  if ([...node.entries.keys()].some((key) => key === 'id')) return map as Spot<TreeMap>;
  const entries = new Map([
    [
      'id',
      {
        keyPosition: at.keyPosition ?? at.node.position,
        value: { kind: 'scalar', value: id, position: at.node.position } as const,
      },
    ],
    ...node.entries,
  ]);
  return { ...map, node: { ...node, entries } };
}

const NUMBER = /^(order|index|sequence|position|step_?number)$/i;

/** By a number that every one of them has, which says nothing else; else as written. */
function inOrder(spots: readonly Spot[], conversion: Conversion): readonly Spot[] {
  const numbers = spots.map((spot) =>
    isMap(spot) ? numberOf(entriesOf(spot).find(([key]) => NUMBER.test(key))?.[1]) : undefined,
  );
  if (numbers.length === 0 || numbers.includes(undefined)) return spots;
  const sorted = spots
    .map((spot, index) => [spot, numbers[index]!] as const)
    .sort((a, b) => a[1] - b[1])
    .map(([spot]) => spot);
  if (sorted.some((spot, index) => spot !== spots[index]))
    conversion.note(
      'decided',
      spots[0]!,
      'The steps follow one another by their numbers, not as they are written.',
    );
  return sorted.map((spot) => withoutNumber(spot as Spot<TreeMap>));
}

function withoutNumber(spot: Spot<TreeMap>): Spot {
  const entries = [...spot.node.entries];
  const number = entries.findIndex(([key]) => NUMBER.test(key));
  return { ...spot, node: { ...spot.node, entries: new Map(entries.toSpliced(number, 1)) } };
}

/** A variable of CEL that nothing around has. */
function nameVariable(wanted: string, around: ReadonlyMap<string, string>): string {
  const taken = new Set(around.values());
  const near = /^[A-Za-z_]/.test(wanted) && !TAKEN.has(wanted) ? wanted : `item_${wanted}`;
  let name = near;
  for (let count = 2; taken.has(name) || [...taken].some((each) => each.startsWith(`${name}.`)); count++)
    name = `${near}${count}`;
  return name;
}

const TAKEN = new Set(
  'inputs steps run event env secrets as break const continue else false for function if import in let loop null package namespace return true var void while bool bytes double google int list map null_type string type uint'.split(
    ' ',
  ),
);
