import type { OutlineAction } from '../definition/outline.js';
import { quote, shorten } from '../definition/path.js';
import { descend, entryOf, isMap, toJson } from '../definition/tree.js';
import type { Json, JsonObject } from '../json.js';
import type { PlanAction, PlanActions } from '../plan/action.js';
import { compileSchemaOnce, type SchemaProblem } from './json-schema.js';
import { suggest } from './nearest.js';
import { atKey, atMissing, atValue, type FindingReport, type Where } from './report.js';
import { dropUndecided } from './undecided.js';

/** Checks that the catalogue has every action, and that `with` fits it as far as can be told before the run. */
export function checkActions(
  uses: readonly OutlineAction[],
  actions: PlanActions,
  report: FindingReport,
): void {
  for (const use of uses) {
    const name = String(use.name.node.value);
    const action = actions.get(name);
    if (action === undefined) {
      report.add('action-unknown', atValue(use.name), `There is no action ${quote(name)}.`, () =>
        suggest(name, actions.keys(), `The catalogue has ${shorten([...actions.keys()].join(', '))}.`),
      );
    } else {
      checkInput(use, action, report);
      if (use.with !== undefined && isMap(use.with)) action.check?.(use.with, report);
      if (use.secrets !== undefined && !action.takesSecrets) {
        report.add(
          'secrets-not-taken',
          atKey(use.secrets),
          `${quote(name)} takes no secrets by name.`,
          () => {
            const takers = [...actions.values()].filter(({ takesSecrets }) => takesSecrets);
            return `Remove \`secrets\`; it is for ${takers.map((taker) => taker.name).join(', ')}.`;
          },
        );
      }
    }
  }
}

function checkInput(use: OutlineAction, action: PlanAction, report: FindingReport): void {
  const compiled = compileSchemaOnce(action.input);
  // A catalogue whose schema cannot be compiled is a defect of its own, found by its own tests.
  if (!compiled.ok) return;
  const value: Json = use.with === undefined ? {} : toJson(use.with.node);
  for (const problem of dropUndecided(compiled.check(value), value)) {
    report.add('action-input-invalid', locate(use, problem), `${nameOf(problem)} ${problem.message}.`, () =>
      hintFor(problem, action),
    );
  }
}

function locate(use: OutlineAction, { path, keyword, key }: SchemaProblem): Where {
  if (use.with === undefined) {
    const position = use.name.keyPosition ?? use.name.node.position;
    const input = { parent: use.name.path?.parent, key: 'with' };
    return { path: key === undefined ? input : { parent: input, key }, position };
  }
  const spot = descend(use.with, path);
  if (key === undefined) return atValue(spot);
  if (keyword === 'required') return atMissing(spot, key);
  const extra = isMap(spot) ? entryOf(spot, key) : undefined;
  return extra === undefined ? atValue(spot) : atKey(extra);
}

function nameOf({ path }: SchemaProblem): string {
  return path.length === 0 ? '`with`' : `\`${shorten(path.join('.'))}\``;
}

function hintFor({ keyword, key, path }: SchemaProblem, action: PlanAction): string {
  const known = path.length === 0 ? Object.keys((action.input['properties'] ?? {}) as JsonObject) : [];
  const takes = known.length === 0 ? '' : ` It takes ${shorten(known.join(', '))}.`;
  const otherwise = `See the input of ${action.name} in the catalogue.${takes}`;
  if (keyword === 'required') return `Add \`${key}\`.`;
  return key === undefined ? otherwise : suggest(key, known, otherwise);
}
