import type { FileKind } from '#contracts/judgement/risk.js';

/** What kind of file a path names, by its folders, name and ending alone. */
export interface FileDescription {
  readonly kind: FileKind;
  /** Counted by the fourteen factors: text that a program does, is built or is run by. */
  readonly counts: boolean;
  readonly lock: boolean;
  /** What a pipeline of CI/CD reads. */
  readonly pipeline: boolean;
  /** Describes an interface between programs. */
  readonly api: boolean;
}

/** One character per byte will do: what is looked for is ASCII. */
export function describeFile(path: string): FileDescription {
  const known = descriptions.get(path);
  if (known !== undefined) return known;
  const description = describe(path);
  if (descriptions.size >= MAX_KEPT) descriptions.clear();
  descriptions.set(path, description);
  return description;
}

const MAX_KEPT = 200_000;
const descriptions = new Map<string, FileDescription>();

function describe(written: string): FileDescription {
  const path = written.toLowerCase();
  const name = path.slice(path.lastIndexOf('/') + 1);
  const lock = LOCKS.test(name);
  const kind = RULES.find(([, matches]) => matches(path, name, written))?.[0] ?? 'code';
  return {
    kind,
    counts: kind !== 'documentation' && kind !== 'other' && !lock,
    lock,
    pipeline: PIPELINES.test(path),
    api: API_FILES.test(path) || (API_FOLDERS.test(path) && DATA.test(name)),
  };
}

const LOCKS =
  /^(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|composer\.lock|gemfile\.lock|cargo\.lock|poetry\.lock|pdm\.lock|uv\.lock|pipfile\.lock|go\.sum|go\.work\.sum|mix\.lock|podfile\.lock|pubspec\.lock|packages\.lock\.json|gradle\.lockfile|flake\.lock|\.terraform\.lock\.hcl|deno\.lock|conan\.lock|chart\.lock)$/;

const DEPENDENCIES =
  /^(package\.json|bower\.json|composer\.json|gemfile|[^/]+\.gemspec|cargo\.toml|pyproject\.toml|setup\.(py|cfg)|requirements[^/]*\.(txt|in)|constraints[^/]*\.txt|pipfile|environment\.ya?ml|go\.(mod|work)|pom\.xml|build\.gradle(\.kts)?|settings\.gradle(\.kts)?|libs\.versions\.toml|ivy\.xml|build\.sbt|mix\.exs|podfile|package\.swift|pubspec\.yaml|[^/]+\.(csproj|fsproj|vbproj)|directory\.packages\.props|packages\.config|conanfile\.(txt|py)|vcpkg\.json|deps\.edn|project\.clj|rebar\.config|renovate\.json|\.gitmodules)$/;

const PIPELINES =
  /^(\.github\/(workflows|actions)\/|\.gitlab\/ci\/|\.circleci\/|\.buildkite\/|\.woodpecker(\/|\.ya?ml$)|\.tekton\/|\.azure-pipelines\/)|(^|\/)(\.gitlab-ci[^/]*\.ya?ml|jenkinsfile[^/]*|azure-pipelines[^/]*\.ya?ml|\.travis\.ya?ml|bitbucket-pipelines\.ya?ml|\.drone\.ya?ml|appveyor\.ya?ml|cloudbuild\.ya?ml|buildspec\.ya?ml|\.cirrus\.ya?ml)$/;

const INFRASTRUCTURE =
  /(^|\/)(dockerfile[^/]*|[^/]+\.dockerfile|containerfile|docker-compose[^/]*\.ya?ml|compose\.ya?ml|vagrantfile|helmfile\.ya?ml|chart\.yaml|kustomization\.ya?ml|skaffold\.ya?ml|serverless\.ya?ml|procfile|nginx\.conf|[^/]+\.(tf|tfvars|hcl|bicep|nomad))$|(^|\/)(terraform|k8s|kubernetes|helm|charts|ansible|playbooks|cloudformation|pulumi|manifests)\/.*\.(ya?ml|json|tpl|j2)$/;

const MIGRATIONS =
  /(^|\/)(migrations?|migrate|db\/(migrate|versions)|alembic\/versions|flyway|liquibase|changelogs?\/db)\/.*\.(sql|[jt]s|py|rb|php|java|kt|cs|go|ex|exs|xml|ya?ml)$|(^|\/)v\d[\w.]*__[^/]*\.sql$|(^|\/)(schema\.sql|structure\.sql|schema\.rb|schema\.prisma)$/;

const TESTS =
  /(^|\/)(tests?|specs?|__tests__|__mocks__|testing|testdata|test-data|e2e|fixtures|src\/(test|androidtest|integrationtest)|[^/]+[.-]tests?)\/|(^|\/)([^/]+[._-](test|tests|spec|specs)\.[^/.]+|test_[^/]+\.[^/.]+|conftest\.py|[^/]+_test\.[^/.]+)$/;
/** Whose content is no text; that of others shows when they are read. */
const BINARY =
  /\.(png|jpe?g|gif|ico|icns|webp|bmp|tiff?|psd|pdf|zip|gz|tgz|bz2|xz|zst|7z|rar|jar|war|ear|class|so|dll|exe|dylib|a|o|obj|lib|bin|pyc|wasm|woff2?|ttf|otf|eot|mp[34]|wav|ogg|flac|webm|avi|mov|docx?|xlsx?|pptx?|odt|sqlite3?|db|keystore|jks|p12|pfx|nupkg|whl|deb|rpm|iso|img)$/;

/** Java, C# and others name tests in one word, which upper case tells from a contest. */
const TEST_CLASSES = /([a-z0-9_]|^|\/)(Tests?|TestCase|Spec|IT)\.(java|kt|kts|cs|scala|groovy|swift|vb|fs)$/;

const DOCUMENTATION =
  /\.(md|mdx|markdown|rst|adoc|asciidoc|txt|textile|org|rdoc|pod|tex|bib|1|man|rtf)$|^(readme|changelog|changes|history|news|licen[cs]e|copying|notice|authors|contributors|contributing|maintainers|code_of_conduct|security|codeowners|thanks|todo|credits|patents)(\.[a-z]+)?$/;
const DOCUMENTATION_FOLDERS = /^(docs?|documentation|site|website)\/.*\.(html?|ya?ml|json|css|js)$/;
/** Texts that a build takes in. */
const NO_DOCUMENTATION =
  /^(cmakelists\.txt|requirements[^/]*\.txt|constraints[^/]*\.txt|meson_options\.txt)$/;

/** Text that nobody writes by hand, and pictures, which are text by chance. */
const OTHER =
  /\.(svg|csv|tsv|ndjson|jsonl|snap|map|log|lock|sum|po|pot|xlf|ipynb|pem|crt|key|asc|sig|patch|diff|pbxproj|dat|min\.js|min\.css|pb\.go|geojson)$|(^|\/)(vendor|third_party|third-party|node_modules|dist|generated|__snapshots__|bower_components)\/|(^|\/)\.(mailmap|gitignore|gitattributes|gitkeep|git-blame-ignore-revs|dockerignore|npmignore)$/;

const CONFIGURATION =
  /\.(ya?ml|toml|ini|cfg|conf|config|properties|env|plist|json|json5|jsonc|xml|editorconfig|prefs)$|(^|\/)\.[^/]+$|(^|\/)\.env[^/]*$/;

const API_FILES =
  /\.(proto|graphql|graphqls|gql|thrift|avsc|avdl|wsdl|xsd|raml|smithy|api)$|(^|\/)(openapi|swagger|asyncapi)[^/]*\.(ya?ml|json)$|\.d\.[cm]?ts$|(^|\/)include\/.*\.(h|hh|hpp|hxx)$/;
const API_FOLDERS = /(^|\/)(openapi|swagger|asyncapi)\//;
const DATA = /\.(ya?ml|json)$/;

/** The first that matches; what none knows is code. */
const RULES: readonly (readonly [FileKind, (path: string, name: string, written: string) => boolean])[] = [
  ['dependencies', (_, name) => LOCKS.test(name) || DEPENDENCIES.test(name)],
  ['other', (path, name) => OTHER.test(path) || BINARY.test(name)],
  ['migration', (path) => MIGRATIONS.test(path)],
  ['documentation', (_, name) => DOCUMENTATION.test(name) && !NO_DOCUMENTATION.test(name)],
  ['test', (path, _, written) => TESTS.test(path) || TEST_CLASSES.test(written)],
  ['documentation', (path) => DOCUMENTATION_FOLDERS.test(path)],
  ['infrastructure', (path) => INFRASTRUCTURE.test(path) || PIPELINES.test(path)],
  ['configuration', (path) => CONFIGURATION.test(path)],
];
