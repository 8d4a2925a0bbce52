import { quote } from '../../definition/path.js';
import { entriesOf, isList, isMap, isScalar, itemsOf, type Spot } from '../../definition/tree.js';
import type { Json, JsonObject } from '../../json.js';
import { type BlockPlace, BlockReader, type BlockTraits } from './block-reader.js';
import type { Conversion } from './conversion.js';
import { Durations, meansMilliseconds, unitOfKey, writeDuration } from './durations.js';
import { ErrorHandling, type Handler } from './error-handling.js';
import { convertValue } from './expressions/convert.js';
import { asMap, Keys, keyOf, numberOf, textOf } from './keys.js';
import { type Block, type DocumentContext, Locals } from './kinds/kind.js';
import { nameOf } from './name-of.js';
import { Names, toId } from './names.js';
import type { ReadStep } from './read-step.js';
import { RETRY_KEYS, readRetry, takeRetry } from './retry.js';
import { readMode, readStarters } from './starters.js';
import { readOrdering } from './step-order.js';
import { type Inputs, readVariables } from './variables.js';

/** A document in our own language, and where in the source each of its steps came from. */
export interface Converted {
  readonly definition: JsonObject;
  readonly origins: ReadonlyMap<JsonObject, Spot>;
}

const STEP_LISTS = ['steps', 'tasks', 'jobs', 'actions', 'nodes', 'activities', 'stages', 'phases'];
const VARIABLES = [
  'variables',
  'vars',
  'inputs',
  'parameters',
  'params',
  'input',
  'context',
  'globals',
  'args',
  'env',
  'environment',
  'environmentvariables',
];
/** Keys whose map stands for the document itself, or beside it. */
const LAYERS = [
  'workflow',
  'definition',
  'pipeline',
  'flow',
  'settings',
  'options',
  'config',
  'configuration',
  'spec',
  'defaults',
];
const TIMEOUTS = [
  'timeout',
  'timeoutms',
  'timeoutseconds',
  'globaltimeout',
  'workflowtimeout',
  'maxduration',
  'timeoutminutes',
  'totaltimeout',
  'executiontimeout',
  'globaltimeoutms',
];
const STEP_TIMEOUTS = [
  'defaulttimeout',
  'steptimeout',
  'defaultsteptimeout',
  'defaulttimeoutms',
  'steptimeoutms',
  'defaulttimeoutseconds',
  'tasktimeout',
];
const NAMES = ['id', 'workflowid', 'key', 'slug', 'name', 'workflowname', 'title', 'displayname'];

/** One list of steps that becomes a stage. */
interface Stage {
  readonly id: string;
  readonly title?: string;
  readonly steps: readonly Spot[];
  readonly keyed?: boolean;
  /** As the document may name it. */
  readonly names: readonly string[];
  readonly dependencies?: ReadStep['dependencies'];
}

/** Reads one document as a definition. */
export class DocumentReader {
  private readonly names: Names;
  private readonly document: DocumentContext;
  private readonly inputs: Inputs = {};
  private readonly errors: ErrorHandling;

  constructor(
    private readonly root: Spot,
    private readonly conversion: Conversion,
  ) {
    this.names = new Names(conversion);
    this.errors = new ErrorHandling(conversion);
    const durations = new Durations(conversion, findMilliseconds(root));
    this.document = { conversion, names: this.names, durations, environment: undefined };
  }

  /** Undefined where something was refused. */
  read(): Converted | undefined {
    const { root, conversion } = this;
    if (isList(root)) {
      const name = this.nameOf([], root);
      return this.write({ name }, [{ id: 'main', steps: itemsOf(root), names: [] }], {
        groups: [],
        output: undefined,
        mode: undefined,
        timeout: undefined,
      });
    }
    if (!isMap(root)) return undefined;
    const keys = new Keys(root, conversion);
    for (const name of LAYERS) {
      const layer = asMap(keys.peek(name));
      if (layer === undefined) continue;
      keys.take(name);
      keys.add(layer);
    }
    return this.readDocument(keys);
  }

  private readDocument(keys: Keys): Converted | undefined {
    const { conversion, document, errors } = this;
    const name = this.nameOf(keys.takeAll(...NAMES), this.root);
    const description = this.describe(keys);
    this.readNames(keys);
    const retrySpot = takeRetry(keys, [
      ...RETRY_KEYS,
      'defaultretry',
      'defaultretrypolicy',
      'defaultretries',
    ]);
    const timeoutSpot = keys.take(...TIMEOUTS);
    const timeout = timeoutSpot && document.durations.read(timeoutSpot);
    const each = keys.take(...STEP_TIMEOUTS);
    const stepTimeout = each && document.durations.read(each);
    errors.read(keys);
    const retryOf = retrySpot ?? errors.retry;
    const retry = retryOf && readRetry(retryOf, document);
    const mode = readMode(keys, conversion);
    readStarters(keys, conversion);
    const groups = keys.takeAll('parallelgroups', 'groups', 'parallel', 'parallelsteps');
    const output = keys.take('output', 'outputs', 'results', 'returns', 'return');
    const stages = this.findStages(keys.takeAll(...STEP_LISTS));
    keys.finish('a list of steps');
    const defaults = {
      ...(stepTimeout === undefined ? {} : { timeout: writeDuration(stepTimeout) }),
      ...(retry === undefined ? {} : { retry }),
    };
    const head = {
      name,
      ...(description === '' ? {} : { description }),
      ...(Object.keys(defaults).length === 0 ? {} : { defaults }),
    };
    return this.write(head, stages, { groups, output, mode, timeout });
  }

  private nameOf(spots: readonly Spot[], spot: Spot): string {
    const { fallbackName } = this.conversion.options;
    const [own, ...titles] = spots;
    const name = textOf(own);
    const id = toId(name ?? fallbackName ?? '');
    this.titles.push(...titles.flatMap((title) => textOf(title) ?? []).filter((title) => title !== name));
    if (id === undefined) {
      this.conversion.refuse(
        'key-missing',
        spot,
        'The document has no name.',
        'Add `name: release-service`.',
      );
      return 'unnamed';
    }
    if (name === undefined) {
      this.conversion.note(
        'decided',
        spot,
        `The document has no name; it is called \`${id}\` as its file is.`,
      );
    } else if (id !== name) {
      this.conversion.note('renamed', own!, `${JSON.stringify(name.slice(0, 80))} is called \`${id}\`.`);
    }
    return id;
  }

  private readonly titles: string[] = [];

  /** Title, description and version of the document, in one text. */
  private describe(keys: Keys): string {
    const description = keys.take('description', 'summary');
    const version = keys.take('version');
    if (version !== undefined)
      this.conversion.note('left-out', version, '`version` is kept in the description.');
    const label = textOf(version);
    const parts = [
      ...this.titles.map((title) => `${title}.`),
      textOf(description),
      label === undefined ? undefined : `(version ${label})`,
    ];
    return parts.filter((part) => part !== undefined && part !== '').join(' ');
  }

  private readNames(keys: Keys): void {
    for (const name of VARIABLES) {
      const spot = keys.peek(name);
      if (spot === undefined || (isScalar(spot) && name !== 'environment')) continue;
      keys.take(name);
      const isEnvironment = /^env/.test(name);
      if (isScalar(spot)) this.declare(namedMap(keyOf(spot), spot));
      else if (isEnvironment) (this.document as { environment: Spot | undefined }).environment = spot;
      else this.declare(spot);
    }
    const secrets = keys.take('secrets', 'credentials');
    if (secrets === undefined) return;
    const listed = isList(secrets)
      ? itemsOf(secrets).map(textOf)
      : isMap(secrets)
        ? entriesOf(secrets).map(([name]) => name)
        : [textOf(secrets)];
    for (const name of listed) if (name !== undefined) this.names.addSecret(name);
    this.conversion.note(
      'decided',
      secrets,
      'Secrets are read by the worker, each from SLUICE_SECRET_ and its name, where a step asks for them.',
    );
  }

  private declare(spot: Spot): void {
    Object.assign(this.inputs, readVariables(spot, this.document));
  }

  /** The lists of steps: one, or those of stages in a row. */
  private findStages(spots: readonly Spot[]): readonly Stage[] {
    const { conversion } = this;
    const [spot, ...more] = spots;
    for (const other of more) {
      conversion.refuse(
        'steps-not-kept',
        other,
        'There are two lists of steps.',
        'Put all steps into one list.',
      );
    }
    if (spot === undefined) return [];
    if (!isMap(spot) && !isList(spot)) {
      conversion.refuse(
        'steps-value-unknown',
        spot,
        'This is no list of steps.',
        'Write `steps: [{ id: build, type: command, command: make }]`.',
      );
      return [];
    }
    const items = isMap(spot) ? entriesOf(spot).map(([, item]) => item) : itemsOf(spot);
    const areStages =
      /^(stages|phases)$/i.test(keyOf(spot)) &&
      items.every((item) => isMap(item) && STEP_LISTS.some((key) => item.node.entries.has(key)));
    if (!areStages) return [{ id: 'main', steps: items, keyed: isMap(spot), names: [] }];
    return items.map((item, index) => this.readStage(item, isMap(spot) ? keyOf(item) : undefined, index));
  }

  private readStage(spot: Spot, key: string | undefined, index: number): Stage {
    const keys = new Keys(asMap(spot)!, this.conversion);
    const [own, ...titles] = keys.takeAll('id', 'key', 'name', 'title');
    keys.take('description');
    const steps = keys.take(...STEP_LISTS)!;
    const { dependencies } = readOrdering(keys, this.conversion);
    keys.finish('a stage');
    const wanted = key ?? textOf(own) ?? '';
    const title = textOf(titles[0]) ?? textOf(own);
    const id = this.names.claimId(wanted, spot, `stage-${index + 1}`);
    const items = isMap(steps)
      ? entriesOf(steps).map(([, item]) => item)
      : isList(steps)
        ? itemsOf(steps)
        : [];
    return {
      id,
      ...(title === undefined || title === id ? {} : { title }),
      steps: items,
      keyed: isMap(steps),
      names: [key, textOf(own), ...titles.map(textOf)].filter((each) => each !== undefined),
      dependencies,
    };
  }

  private write(head: JsonObject, stages: readonly Stage[], traits: DocumentTraits): Converted | undefined {
    const { conversion, errors, names } = this;
    if (stages.every(({ steps }) => steps.length === 0)) {
      conversion.refuse(
        'block-empty',
        this.root,
        'There is no step.',
        'Write `steps: [{ id: build, type: command, command: make }]`.',
      );
      return undefined;
    }
    if (stages.length > 1 && traits.timeout !== undefined) {
      conversion.refuse(
        'steps-not-kept',
        this.root,
        'A time limit of several stages together cannot be kept.',
        'Give each stage a limit, or put all steps into one list.',
      );
    }
    const blockTraits: BlockTraits = { policy: errors.policy, mode: traits.mode };
    const reader = new BlockReader(this.document, blockTraits);
    const handled = new Set(errors.handlers.flatMap(({ ids }) => ids.map((spot) => textOf(spot) ?? '')));
    const all = stages.flatMap(({ steps }) => steps);
    const main = stages.map((stage) => ({
      stage,
      block: reader.readBlock(
        stage.steps.filter((spot) => !handled.has(nameOf(spot))),
        { ...TOP, groups: traits.groups, isMain: true, keyed: stage.keyed === true },
      ),
    }));
    const handlers = errors.handlers.map((handler) => ({
      handler,
      block: this.readHandler(handler, all, reader),
    }));
    const written: [string, JsonObject][] = [];
    const continuing: string[] = [];
    for (const { stage, block } of main) {
      const id = stage.id === 'main' ? names.claimId('', this.root, 'main') : stage.id;
      const steps = block.emit();
      continuing.push(...findContinuing(steps));
      written.push([
        id,
        {
          ...(stage.title === undefined ? {} : { name: stage.title }),
          ...(traits.timeout === undefined ? {} : { timeout: writeDuration(traits.timeout) }),
          ...this.needsOf(stage, stages),
          steps,
        },
      ]);
    }
    const before = written.map(([id]) => id);
    for (const { handler, block } of handlers) {
      const steps = block.emit();
      if (Object.keys(steps).length > 0)
        written.push([
          names.claimId('', this.root, handler.name),
          { needs: before, if: conditionOf(handler, continuing), steps },
        ]);
    }
    reader.readAsJson();
    const scope = reader.scopeOf(undefined, new Locals(), traits.output ?? this.root);
    const output = traits.output && convertValue(traits.output, scope);
    const inputs = this.allInputs();
    const definition: JsonObject = {
      sluice: 1,
      ...head,
      ...(Object.keys(inputs).length === 0 ? {} : { inputs }),
      stages: Object.fromEntries(written),
      ...(output === undefined ? {} : { output }),
    };
    return { definition, origins: reader.origins };
  }

  private readHandler({ ids, steps }: Handler, all: readonly Spot[], reader: BlockReader): Block {
    const named = ids.flatMap((spot) => {
      const name = textOf(spot);
      const found = all.find((step) => nameOf(step) === name);
      if (found !== undefined) return [found];
      this.conversion.refuse(
        'steps-step-unknown',
        spot,
        'There is no such step to go on with.',
        'Name a step of the list, or write stop, continue or rollback.',
      );
      return [];
    });
    return reader.readBlock([...named, ...steps], { ...TOP, groups: [], isMain: false });
  }

  /** Where stages name others, nothing else orders them. */
  private needsOf(stage: Stage, stages: readonly Stage[]): { readonly needs?: string[] } {
    if (stages.every(({ dependencies }) => dependencies === undefined)) return {};
    const needs = (stage.dependencies ?? []).flatMap(({ name, spot }) => {
      const other = stages.find((each) => each !== stage && each.names.includes(name));
      if (other !== undefined) return [other.id];
      this.conversion.refuse(
        'steps-step-unknown',
        spot,
        `There is no other stage ${quote(name)} here to wait for.`,
        'Name a stage of the document.',
      );
      return [];
    });
    return { needs: [...new Set(needs)] };
  }

  private allInputs(): Record<string, Json> {
    return { ...this.inputs, ...Object.fromEntries(this.names.undeclared.map((name) => [name, {}])) };
  }
}

/** Steps whose failure counts as success for what follows. */
function findContinuing(steps: JsonObject): string[] {
  return Object.entries(steps).flatMap(([id, step]) =>
    (step as JsonObject)['onFailure'] === 'continue' ? [id] : [],
  );
}

/** A failure that counts as success is one to be handled nevertheless. */
function conditionOf({ on }: Handler, continuing: readonly string[]): string {
  if (on !== 'failed()' || continuing.length === 0) return on;
  const statuses = continuing.map((id) => `steps.${id}.status`).join(', ');
  return `${on} || [${statuses}].exists(status, status == "failed")`;
}

interface DocumentTraits extends Pick<BlockTraits, 'mode'> {
  readonly groups: readonly Spot[];
  readonly output: Spot | undefined;
  readonly timeout: number | undefined;
}

const TOP: Pick<BlockPlace, 'parent' | 'variables'> = { parent: undefined, variables: new Map() };

function namedMap(name: string, spot: Spot): Spot {
  const { position } = spot.node;
  return {
    ...spot,
    node: { kind: 'map', entries: new Map([[name, { keyPosition: position, value: spot.node }]]), position },
  };
}

/** Whether some bare number for a time can only mean milliseconds. */
function findMilliseconds(root: Spot): boolean {
  const open: Spot[] = [root];
  for (let spot = open.pop(); spot !== undefined; spot = open.pop()) {
    if (isMap(spot)) open.push(...entriesOf(spot).map(([, value]) => value));
    else if (isList(spot)) for (const item of itemsOf(spot)) open.push(item);
    else {
      const key = keyOf(spot);
      const number =
        /time_?-?out|delay|duration|interval|backoff|wait|sleep/i.test(key) && unitOfKey(key) === undefined
          ? numberOf(spot)
          : undefined;
      if (number !== undefined && meansMilliseconds(number)) return true;
    }
  }
  return false;
}
