import { because, type Ecosystem, type Part, type Project, type Task } from '../project.js';
import { evidenceOf, folderOf, isIn, join, lineAt, type Repository, resolveFrom } from '../repository.js';

export const java: Ecosystem = {
  title: 'Java',
  recognises: [
    {
      files: '`pom.xml`',
      pattern: /(^|\/)pom\.xml$/,
      leadsTo:
        '`mvn verify`, with the reports of Surefire and Failsafe; modules are built by the pom that names them.',
      read: true,
    },
    { files: '`mvnw`', pattern: /(^|\/)mvnw$/, leadsTo: 'The wrapper in place of `mvn`.', read: false },
    {
      files: '`build.gradle`, `build.gradle.kts`, `settings.gradle`, `settings.gradle.kts`',
      pattern: /(^|\/)(build|settings)\.gradle(\.kts)?$/,
      leadsTo:
        '`gradle build`, with the reports of its tests; projects are built by the settings that include them.',
      read: true,
    },
    {
      files: '`gradlew`',
      pattern: /(^|\/)gradlew$/,
      leadsTo: 'The wrapper in place of `gradle`.',
      read: false,
    },
  ],
  detect: (repository) => [...mavenProjects(repository), ...gradleProjects(repository)],
  classify,
  // The mode of the wrapper may be lost; it is a script of sh.
  adapt: (words) => (/^\.\/(mvnw|gradlew)$/.test(words[0] ?? '') ? ['sh', ...words] : words),
};

function mavenProjects(repository: Repository): readonly Project[] {
  const poms = repository.named('pom.xml');
  const modules = new Set(
    poms.flatMap((pom) => {
      const text = repository.text(pom) ?? '';
      return [...text.matchAll(/<module>\s*([^<]{1,200}?)\s*<\/module>/g)].map(([, path]) => {
        const target = resolveFrom(folderOf(pom), path!);
        return target?.endsWith('.xml') ? target : join(target ?? '?', 'pom.xml');
      });
    }),
  );
  return poms
    .filter((pom) => !modules.has(pom))
    .map((pom) => {
      const folder = folderOf(pom);
      const wrapper = repository.firstOf(folder, ['mvnw']) ?? repository.firstOf('', ['mvnw']);
      const program = wrapper === undefined ? ['mvn'] : ['sh', wrapperPath(folder, wrapper)];
      const text = repository.text(pom) ?? '';
      const own = text.replace(/<parent>[\s\S]*?<\/parent>/, '');
      const name = /<artifactId>\s*([^<]{1,100}?)\s*<\/artifactId>/.exec(own)?.[1] ?? folder;
      return {
        ecosystem: 'java',
        directory: folder,
        title: `Maven project ${name}`,
        why: because(
          'certain',
          `The Maven project ${name}.`,
          evidenceOf(repository, pom, `<artifactId>${name}`),
        ),
        parts: mavenParts(pom, program, wrapper, repository),
        dependsOn: [],
      };
    });
}

function mavenParts(
  pom: string,
  program: readonly string[],
  wrapper: string | undefined,
  repository: Repository,
): Part[] {
  const text = repository.text(pom) ?? '';
  const version =
    /<(?:maven\.compiler\.release|maven\.compiler\.source|java\.version)>\s*([^<\s]{1,20})/.exec(text);
  const through = wrapper === undefined ? [] : [{ file: wrapper }];
  const words =
    wrapper === undefined
      ? ''
      : ' Through the wrapper of the repository, called by sh because its mode may be lost.';
  return [
    javaVersion(pom, version?.[1], version === null ? undefined : lineAt(text, version.index)),
    {
      task: 'install',
      run: [...program, '-B', '-ntp', 'dependency:go-offline'],
      network: true,
      advisory: true,
      why: because(
        'likely',
        `Downloads plugins and dependencies ahead, so that a network that fails is no failed test; what it misses is fetched later.${words}`,
        { file: pom },
        ...through,
      ),
    },
    {
      task: 'test',
      run: [...program, '-B', '-ntp', 'verify'],
      why: because(
        'likely',
        `Compiles, tests and checks, as far as the pom says.${words}`,
        { file: pom },
        ...through,
      ),
      report: {
        files: ['**/target/surefire-reports/TEST-*.xml', '**/target/failsafe-reports/TEST-*.xml'],
        why: because('certain', 'Surefire and Failsafe write JUnit.', { file: pom }),
      },
    },
  ];
}

function javaVersion(file: string, version: string | undefined, line?: number): Part {
  return {
    task: 'tools',
    run: ['java', '-version'],
    why:
      version === undefined
        ? because('likely', 'Says in the log which Java the worker has; the build names none.', { file })
        : because(
            'certain',
            `Says in the log which Java the worker has; the build asks for ${version}.`,
            line === undefined ? { file } : { file, line },
          ),
  };
}

/** The wrapper as seen from the folder of the project. */
function wrapperPath(folder: string, wrapper: string): string {
  if (folderOf(wrapper) === folder) return `./${wrapper.slice(folder === '' ? 0 : folder.length + 1)}`;
  return `${'../'.repeat(folder.split('/').length)}${wrapper}`;
}

const BUILDS = ['settings.gradle', 'settings.gradle.kts', 'build.gradle', 'build.gradle.kts'];

function gradleProjects(repository: Repository): readonly Project[] {
  const settings = repository.named(/^settings\.gradle(\.kts)?$/).map(folderOf);
  const builds = repository.named(/^build\.gradle(\.kts)?$/).map(folderOf);
  const roots = settings.filter(
    (folder) => !settings.some((other) => other !== folder && isIn(folder, other)),
  );
  const alone = builds.filter((folder) => !roots.some((root) => isIn(folder, root)));
  return [...new Set([...roots, ...alone])].map((folder) => {
    const file = repository.firstOf(folder, BUILDS)!;
    const build = repository.firstOf(folder, BUILDS.slice(2)) ?? file;
    const wrapper = repository.firstOf(folder, ['gradlew']) ?? repository.firstOf('', ['gradlew']);
    const program = wrapper === undefined ? ['gradle'] : ['sh', wrapperPath(folder, wrapper)];
    const text = repository.text(file) ?? '';
    const name =
      /rootProject\.name\s*=\s*['"]([^'"\n]{1,100})['"]/.exec(text)?.[1] ?? (folder || repository.facts.name);
    return {
      ecosystem: 'java',
      directory: folder,
      title: `Gradle project ${name}`,
      why: because(
        'certain',
        `The Gradle project ${name}.`,
        evidenceOf(repository, file, 'rootProject.name'),
      ),
      parts: gradleParts(build, program, wrapper, repository),
      dependsOn: [],
    };
  });
}

function gradleParts(
  build: string,
  program: readonly string[],
  wrapper: string | undefined,
  repository: Repository,
): Part[] {
  const text = repository.text(build) ?? '';
  const version =
    /(?:JavaLanguageVersion\.of\(|jvmToolchain\(|sourceCompatibility\s*=\s*['"]?(?:JavaVersion\.VERSION_)?)(\d{1,2})/.exec(
      text,
    );
  const through = wrapper === undefined ? [] : [{ file: wrapper }];
  return [
    javaVersion(build, version?.[1], version === null ? undefined : lineAt(text, version.index)),
    {
      task: 'install',
      run: [...program, '--no-daemon', '--console=plain', 'dependencies'],
      network: true,
      advisory: true,
      why: because(
        'likely',
        'Fetches Gradle and the dependencies ahead, so that a network that fails is no failed test.',
        { file: build },
        ...through,
      ),
    },
    {
      task: 'test',
      run: [...program, '--no-daemon', '--console=plain', 'build'],
      why: because(
        'likely',
        'Compiles, checks and tests. The daemon is left out: it would end with the step.',
        { file: build },
        ...through,
      ),
      report: {
        files: ['**/build/test-results/**/*.xml'],
        why: because('certain', 'Gradle writes JUnit for each task of tests.', { file: build }),
      },
    },
  ];
}

const TESTING = /^(verify|test|check|build|install|package|integrationTest)$/;

function classify(words: readonly string[]): Task | undefined {
  const [first, second] = words;
  const program = first === 'sh' ? second : first;
  if (program === undefined || !/^(mvn|gradle|\.\/mvnw|\.\/gradlew)$/.test(program)) return undefined;
  const goals = words
    .filter((word) => /^[a-zA-Z][\w:-]*$/.test(word))
    .slice(first === program && !program.startsWith('.') ? 1 : 0);
  if (goals.some((goal) => /deploy|publish|release|^run$|bootRun/i.test(goal))) return undefined;
  const skips = words.some((word) => /^-D(skipTests|maven\.test\.skip)/.test(word));
  if (!skips && goals.some((goal) => TESTING.test(goal))) return 'test';
  if (goals.some((goal) => /^(package|assemble|compile|jar|install|verify)$/.test(goal))) return 'build';
  return goals.some((goal) => /spotless|checkstyle|lint|ktlint|detekt/i.test(goal)) ? 'lint' : undefined;
}
