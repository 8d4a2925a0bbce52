import { entriesOf, isMap, isScalar, type Spot } from '../../../definition/tree.js';
import type { Json } from '../../../json.js';
import { convertText, convertValue } from '../expressions/convert.js';
import { keyOf, textOf } from '../keys.js';
import { toId } from '../names.js';
import type { ReadKind } from './kind.js';

/** Computes values that later steps read. */
export const readSet: ReadKind = ({ keys, source, document, scope }) => {
  source.output = 'set';
  const { names } = document;
  const map = keys.take(
    'variables',
    'values',
    'set',
    'assign',
    'assignments',
    'vars',
    'data',
    'output',
    'outputs',
  );
  const name = keys.take('variable', 'var', 'key', 'variablename', 'field');
  const value = keys.take('value', 'expression', 'to', 'val');
  const pairs: (readonly [string, Spot])[] = map !== undefined && isMap(map) ? [...entriesOf(map)] : [];
  if (name !== undefined && value !== undefined) pairs.push([textOf(name) ?? 'value', value]);
  if (pairs.length === 0) pairs.push(...keys.takeRest().map((spot) => [keyOf(spot), spot] as const));
  if (pairs.length === 0) {
    document.conversion.refuse(
      'steps-kind-unknown',
      source.spot,
      'The step sets no value.',
      'Write `variables: { tag: v1 }`.',
    );
    return undefined;
  }
  for (const [key] of pairs) {
    source.values.add(key);
    names.addOutputMember(key, source);
  }
  return () => {
    const values = pairs.map(([key, spot]) => [key, convertValue(spot, scope(spot))] as const);
    return values.some(([, each]) => each === undefined)
      ? undefined
      : { set: Object.fromEntries(values as [string, Json][]) };
  };
};

/** Says something in the log of the run. */
export const readLog: ReadKind = ({ keys, source, document, scope }) => {
  const message = keys.take('message', 'text', 'msg', 'log', 'echo', 'print', 'value', 'content', 'body');
  const level = textOf(keys.take('level', 'severity', 'loglevel'));
  if (message === undefined) {
    document.conversion.refuse(
      'steps-kind-unknown',
      source.spot,
      'The step says nothing.',
      'Write `message: Done`.',
    );
    return undefined;
  }
  return () => {
    const text = convertValue(message, scope(message));
    const warns = level !== undefined && /^(warn|error|critical|fatal)/i.test(level);
    return text === undefined
      ? undefined
      : { uses: 'log/write', with: { message: text, ...(warns ? { level: 'warn' } : {}) } };
  };
};

/** Ends the run as failed. */
export const readRaise: ReadKind = ({ keys, scope }) => {
  const message = keys.take('message', 'error', 'reason', 'text', 'errormessage');
  const code = textOf(keys.take('code', 'errorcode', 'errortype', 'name'));
  return () => {
    const text =
      message === undefined || !isScalar(message)
        ? 'Failed on purpose.'
        : convertText(textOf(message) ?? '', scope(message));
    return text === undefined
      ? undefined
      : { raise: { error: (code && toId(code)) ?? 'failed', message: text } };
  };
};

/** Does nothing; others may wait for it. */
export const readNothing: ReadKind = () => () => ({ set: { done: true } });

/** Starts another workflow and waits for its end. */
export const readWorkflowCall: ReadKind = ({ keys, source, document, scope }) => {
  const { conversion } = document;
  const named = keys.take(
    'workflow',
    'workflowid',
    'workflowname',
    'workflowref',
    'subworkflow',
    'ref',
    'definition',
    'target',
    'call',
    'flow',
    'template',
    'templateref',
  );
  const version = keys.take('workflowversion', 'version');
  const inputs = keys.take(
    'inputs',
    'input',
    'parameters',
    'params',
    'variables',
    'with',
    'arguments',
    'args',
    'data',
    'payload',
    'context',
    'vars',
  );
  if (keys.has('wait', 'waitforcompletion', 'synchronous', 'sync', 'async')) {
    const spot = keys.take('wait', 'waitforcompletion', 'synchronous', 'sync', 'async')!;
    const waits = (textOf(spot) === 'true') !== /async/i.test(keyOf(spot));
    if (!waits)
      conversion.refuse(
        'steps-not-kept',
        spot,
        'The step here waits for the end of the other run.',
        'Start the other workflow by a request, or wait for it.',
      );
  }
  const members = named !== undefined && isMap(named) ? new Map(entriesOf(named)) : undefined;
  const name = textOf(members?.get('name') ?? members?.get('id') ?? named);
  const id = name && toId(name);
  if (id === undefined) {
    conversion.refuse(
      'steps-kind-unknown',
      source.spot,
      'The step runs another workflow and does not name it.',
      'Write `workflow: deploy-service`.',
    );
    return undefined;
  }
  if (id !== name)
    conversion.note('renamed', named!, `The workflow ${JSON.stringify(name)} is called \`${id}\`.`);
  const number = Number(textOf(version));
  if (version !== undefined && (!Number.isInteger(number) || number < 1))
    conversion.note('decided', version, 'Versions are whole numbers here: the latest one is called.');
  return () => {
    const values = inputs && convertValue(inputs, scope(inputs));
    return {
      workflow: {
        name: id,
        ...(Number.isInteger(number) && number > 0 ? { version: number } : {}),
        ...(values === undefined ? {} : { inputs: values }),
      },
    };
  };
};

/** Checks a repository out. */
export const readCheckout: ReadKind = ({ keys, source, document, scope }) => {
  const repository = keys.take('repository', 'repo', 'url', 'repourl', 'repositoryurl', 'giturl', 'source');
  const ref = keys.take('ref', 'branch', 'tag', 'commit', 'revision');
  const directory = keys.take('directory', 'path', 'dir', 'destination', 'target', 'cwd');
  const depth = keys.take('depth', 'fetchdepth');
  if (repository === undefined) {
    document.conversion.refuse(
      'steps-kind-unknown',
      source.spot,
      'The step checks out and does not say which repository.',
      'Write `repository: https://…`.',
    );
    return undefined;
  }
  return () => {
    const texts = [repository, ref, directory].map(
      (spot) => spot && convertText(textOf(spot) ?? '', scope(spot)),
    );
    const [address, branch, folder] = texts;
    if (address === undefined) return undefined;
    return {
      uses: 'git/checkout',
      with: {
        repository: address,
        ...(branch === undefined ? {} : { ref: branch }),
        ...(folder === undefined ? {} : { directory: folder }),
        ...(depth === undefined ? {} : { depth: Number(textOf(depth)) }),
      },
    };
  };
};

/** An action of our own catalogue, named by the source. */
export const readAction: ReadKind = ({ keys, source, document, scope }) => {
  const uses = textOf(keys.take('uses', 'action', 'type')) ?? '';
  const input = keys.take('with', 'inputs', 'input');
  const rest = input === undefined ? keys.takeRest() : [];
  if (!document.conversion.actions.has(uses)) {
    document.conversion.refuse(
      'steps-kind-unknown',
      source.spot,
      `There is no action ${JSON.stringify(uses)} here.`,
      'Say what it does by a command or a request; `sluice actions` lists the actions.',
    );
    return undefined;
  }
  return () => {
    const given =
      input === undefined
        ? Object.fromEntries(rest.map((spot) => [keyOf(spot), convertValue(spot, scope(spot)) ?? null]))
        : convertValue(input, scope(input));
    return given === undefined ? undefined : { uses, with: given };
  };
};
