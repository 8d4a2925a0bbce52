/** A package manager: the commands with which it fetches. */
interface Manager {
  readonly name: string;
  readonly fetches: RegExp;
}

const MANAGERS: readonly Manager[] = [
  { name: 'npm', fetches: /^npm (ci|install|i)( -(?!g|-global)\S+)*$/ },
  { name: 'pnpm', fetches: /^pnpm (install|i)( |$)/ },
  { name: 'Yarn', fetches: /^yarn( install| --|$)/ },
  { name: 'Bun', fetches: /^bun (install|i|ci)( |$)/ },
  { name: 'pip', fetches: /^pip install .*(-r|--requirement|-e|--editable|\.)( |$|\[)/ },
  { name: 'uv', fetches: /^uv (sync|pip install)( |$)/ },
  { name: 'Poetry', fetches: /^poetry install( |$)/ },
  { name: 'tox', fetches: /^tox( |$)/ },
  { name: 'Bundler', fetches: /^bundle install( |$)/ },
  { name: 'Composer', fetches: /^composer (install|update)( |$)/ },
  { name: 'Go', fetches: /^go (build|test|vet|mod download|install \.)( |$)/ },
  { name: 'Maven', fetches: /^mvnw? (.* )?(compile|test|package|verify|install|deploy)( |$)/ },
  { name: 'Gradle', fetches: /^gradlew? / },
  { name: 'Cargo', fetches: /^cargo (build|test|check|clippy|doc|run|nextest)( |$)/ },
  { name: '.NET', fetches: /^dotnet (restore|build|test|publish|pack)( |$)/ },
];

/** Commands that build or test, whatever else they do. */
const BUILDS =
  /^(npm (test|t|run [\w:-]*(build|test|lint|check|compile)[\w:-]*)|pnpm (-r )?(run )?[\w:-]*(build|test|lint)[\w:-]*|yarn (run )?[\w:-]*(build|test|lint)[\w:-]*|pytest|tox|nox|go (build|test|vet)|mvnw? .*(compile|test|package|verify|install)|gradlew? .*(build|test|check|assemble)|cargo (build|test|check|clippy|nextest)|dotnet (build|test|pack)|make( [\w-]*(all|build|test|check|lint)[\w-]*)?$|docker (buildx )?build|terraform (validate|plan)|helm lint|bazel (build|test)|ctest|cmake --build)( |$|:)/;

/** A command as the program is called by name: without `./`, `python -m` and the like. */
export function bareCommand(words: readonly string[]): string {
  const text = words.join(' ');
  return text
    .replace(/^(sudo|time|exec|npx|call) /, '')
    .replace(/^python[\d.]* (-I?m|-\w*m) /, '')
    .replace(/^(\.\/|\.\\)/, '')
    .replace(/^(gradlew|mvnw)\.(bat|cmd)\b/, '$1');
}

export function managerOf(words: readonly string[]): string | undefined {
  const text = bareCommand(words);
  return MANAGERS.find(({ fetches }) => fetches.test(text))?.name;
}

export function isBuild(words: readonly string[]): boolean {
  return BUILDS.test(bareCommand(words));
}

/** Changes something outside of the workspace, by its words. */
export const OUTWARD =
  /(^|[\s:-])(deploy|publish|push|release|upload|login|apply|upgrade --install|destroy)(\s|:|$)/;
