import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { readWorkflow } from '#domain/front-ends/read-workflow.js';
import { isJsonObject, type Json } from '#domain/json.js';
import type { Difference } from '#domain/rerun/compare-values.js';
import type { Finding } from '#domain/validation/finding.js';
import { compareVersions, type VersionContent, type VersionDiff } from '#domain/versions/compare-versions.js';

/** What a text means, or what is wrong with it. */
type Content =
  | { readonly ok: true; readonly content: VersionContent }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/**
 * Two definitions compared without a server. Which number a version of a called workflow has by its alias is not known
 * here: it is shown as it is written.
 */
export class TextComparison {
  private readonly words: string[] = [];

  read(text: string): Content {
    const { workflow, findings } = readWorkflow(text, ACTIONS);
    if (workflow === undefined) return { ok: false, findings };
    const plan = workflow.compile((_, named = 'the newest') => this.standIn(named));
    return { ok: true, content: { plan, inputs: workflow.inputs } };
  }

  compare(before: VersionContent, after: VersionContent): VersionDiff {
    const diff = compareVersions(before, after);
    const steps = diff.steps.map((step) =>
      step.kind === 'workflow' ? { ...step, values: step.values.map((each) => this.spellOut(each)) } : step,
    );
    return { ...diff, steps };
  }

  /** No number of a version is negative. */
  private standIn(word: string): number {
    if (!this.words.includes(word)) this.words.push(word);
    return -1 - this.words.indexOf(word);
  }

  private spellOut({ path, before, after }: Difference): Difference {
    return {
      path,
      ...(before === undefined ? {} : { before: this.spell(path, before) }),
      ...(after === undefined ? {} : { after: this.spell(path, after) }),
    };
  }

  private spell(path: string, value: Json): Json {
    if (path === '' && isJsonObject(value) && value['version'] !== undefined) {
      return { ...value, version: this.spell('/version', value['version']) };
    }
    return path === '/version' && typeof value === 'number' ? (this.words[-1 - value] ?? value) : value;
  }
}
