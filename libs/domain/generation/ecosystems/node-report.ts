import type { JsonObject } from '../../json.js';
import { because, type Report } from '../project.js';
import { placeOfKey, textsOf } from '../reading/json-file.js';
import type { Repository } from '../repository.js';

/** How a test script is made to write JUnit. */
export interface ScriptReport {
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly report: Report;
}

const FILE = 'reports/junit.xml';

interface Runner {
  readonly title: string;
  /** Of the whole script, so that what is added reaches the runner and nothing else. */
  readonly script: RegExp;
  /** A package that has to be there. */
  readonly needs?: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Where the report then is. */
  readonly file: string;
}

const RUNNERS: readonly Runner[] = [
  {
    title: 'Vitest writes JUnit itself',
    script: /^vitest( run)?( --?[\w-]+(=\S+)?)*$/,
    arguments: ['--reporter=default', '--reporter=junit', `--outputFile.junit=${FILE}`],
    file: FILE,
  },
  {
    title: 'Jest writes JUnit with jest-junit, which is a dependency',
    script: /^jest( --?[\w-]+(=\S+)?)*$/,
    needs: 'jest-junit',
    arguments: ['--reporters=default', '--reporters=jest-junit'],
    environment: { JEST_JUNIT_OUTPUT_FILE: FILE },
    file: FILE,
  },
  {
    title: 'Mocha writes JUnit with mocha-junit-reporter, which is a dependency',
    script: /^mocha( [\w./*'"-]+(=\S+)?)*$/,
    needs: 'mocha-junit-reporter',
    arguments: ['--reporter', 'mocha-junit-reporter'],
    environment: { MOCHA_FILE: FILE },
    file: FILE,
  },
  {
    title: 'The test runner of Node writes JUnit itself',
    script: /^node( --[\w-]+(=\S+)?)* --test( [^&|;<>]+)?$/,
    arguments: [],
    environment: {
      NODE_OPTIONS:
        '--test-reporter=spec --test-reporter-destination=stdout --test-reporter=junit --test-reporter-destination=junit.xml',
    },
    file: 'junit.xml',
  },
];

/** Undefined where the runner is not known, or cannot write JUnit. */
export function reportOf(
  script: string,
  manager: string,
  { file, json }: { readonly file: string; readonly json: JsonObject },
  repository: Repository,
): ScriptReport | undefined {
  const packages = { ...textsOf(json['devDependencies']), ...textsOf(json['dependencies']) };
  const runner = RUNNERS.find(
    (each) => each.script.test(script.trim()) && (each.needs === undefined || each.needs in packages),
  );
  if (runner === undefined) return undefined;
  // npm alone takes what is meant for the script behind two dashes.
  const added = [...(manager === 'npm' && runner.arguments.length > 0 ? ['--'] : []), ...runner.arguments];
  return {
    arguments: added,
    ...(runner.environment === undefined ? {} : { environment: runner.environment }),
    report: {
      files: [runner.file],
      added,
      why: because('certain', `${runner.title}.`, placeOfKey(repository, file, 'scripts', 'test')),
    },
  };
}
