import { isCiFile, type OrderedProject } from './ci/apply.js';
import type { Change, ChangedFile, Evidence, Reason } from './facts.js';
import { because } from './project.js';

/** What a change, or its absence, means for the projects. */
export interface Impact {
  /** Projects that are built, and why. */
  readonly selected: ReadonlyMap<OrderedProject, Reason>;
  /** Those that only serve the selected ones by their installation. */
  readonly serving: ReadonlySet<OrderedProject>;
  /** Why nothing is built. */
  readonly idle?: Reason;
  readonly places: Readonly<Record<PlaceName, readonly ChangedFile[]>>;
}

/** Places that ask for more care. */
export const PLACES = {
  migrations: {
    title: 'migrations of a database',
    pattern:
      /(^|\/)(migrations?|migrate|alembic\/versions|db\/changelog|flyway)\/[^\n]*\.(sql|py|js|ts|rb|xml|ya?ml|go|php|kt|java)$|(^|\/)V\d[\w.]*__[^/]+\.sql$/,
  },
  infrastructure: {
    title: 'infrastructure as code',
    pattern:
      /\.(tf|tfvars)$|(^|\/)(Chart\.yaml|kustomization\.ya?ml|helmfile\.ya?ml|Pulumi\.ya?ml)$|(^|\/)(k8s|kubernetes|manifests|helm|charts|ansible|cloudformation)\/[^\n]*\.(ya?ml|json|tpl)$/,
  },
  ci: { title: 'continuous integration', pattern: undefined },
  locks: {
    title: 'lock files',
    pattern:
      /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|poetry\.lock|uv\.lock|Pipfile\.lock|go\.sum|Cargo\.lock|packages\.lock\.json|gradle\.lockfile|\.terraform\.lock\.hcl|Chart\.lock)$/,
  },
  access: {
    title: 'access and secrets',
    pattern: /(^|\/)(auth|authn|authz|security|crypto|permissions?|CODEOWNERS|secrets?)([./_-]|$)/i,
  },
} as const;

export type PlaceName = keyof typeof PLACES;

const DOCUMENT =
  /\.(md|mdx|rst|adoc|asciidoc)$|(^|\/)(docs?|documentation)\/[^\n]*\.(txt|png|jpe?g|gif|svg|webp|pdf|drawio|puml|html|css)$|(^|\/)(LICEN[CS]E|NOTICE|AUTHORS|CONTRIBUTORS|CHANGELOG|README)(\.txt)?$/;

export function isTest(path: string): boolean {
  return /(^|\/)(tests?|__tests__|specs?)\/|[._-](test|spec)\.\w+$|(^|\/)test_[^/]*\.py$|Tests?\.(java|kt|cs)$/.test(
    path,
  );
}

export function assessImpact(projects: readonly OrderedProject[], change: Change | undefined): Impact {
  const places = findPlaces(change);
  if (change === undefined) {
    const why = because('certain', 'No change was named, so everything is built.');
    return { selected: new Map(projects.map((project) => [project, why])), serving: new Set(), places };
  }
  const code = change.files.filter(({ path }) => !DOCUMENT.test(path));
  if (code.length === 0)
    return { selected: new Map(), serving: new Set(), places, idle: reasonOfIdle(change) };
  const selected = touchedBy(projects, code);
  spread(projects, selected);
  return { selected, serving: servingOf(projects, selected), places };
}

function findPlaces(change: Change | undefined): Impact['places'] {
  const files = change?.files ?? [];
  const matching = (name: PlaceName) =>
    files.filter(({ path }) => PLACES[name].pattern?.test(path) ?? isCiFile(path));
  return {
    migrations: matching('migrations'),
    infrastructure: matching('infrastructure'),
    ci: matching('ci'),
    locks: matching('locks'),
    access: matching('access'),
  };
}

const SHOWN = 5;

export function evidenceOfFiles(files: readonly ChangedFile[]): readonly Evidence[] {
  return files.slice(0, SHOWN).map(({ path }) => ({ file: path }));
}

function reasonOfIdle({ base, head, files }: Change): Reason {
  return files.length === 0
    ? because('certain', `Nothing differs between ${base} and ${head}, so there is nothing to build or test.`)
    : because(
        'certain',
        `Only documents changed (${files.length} ${files.length === 1 ? 'file' : 'files'}), so building and testing are skipped.`,
        ...evidenceOfFiles(files),
      );
}

/** Each file belongs to the projects of the deepest folder around it. */
function touchedBy(
  projects: readonly OrderedProject[],
  files: readonly ChangedFile[],
): Map<OrderedProject, Reason> {
  const selected = new Map<OrderedProject, Reason>();
  const folders = foldersOf(projects);
  const own = new Set(projects.map(({ directory }) => directory));
  const seen = new Set<string | undefined>();
  for (const { path } of files) {
    const owner = nearest(path, folders);
    if (seen.has(owner)) continue;
    seen.add(owner);
    const why =
      owner === undefined
        ? because('guess', `${path} changed, and no build file says who uses it, so everything is built.`, {
            file: path,
          })
        : because('certain', `${path} changed.`, { file: path });
    for (const project of projects) {
      // Who depends on a project comes later, with that reason.
      const shared = owner !== undefined && !own.has(owner) && project.dependsOn.includes(owner);
      const concerned =
        owner === undefined || project.directory === owner || project.workspace === owner || shared;
      if (concerned && !selected.has(project)) selected.set(project, why);
    }
  }
  return selected;
}

/** Folders of projects, and of what they depend on without being a project itself: modules of Terraform, bases. */
function foldersOf(projects: readonly OrderedProject[]): ReadonlySet<string> {
  return new Set(projects.flatMap(({ directory, dependsOn }) => [directory, ...dependsOn]));
}

function nearest(path: string, folders: ReadonlySet<string>): string | undefined {
  for (let folder = path; folder !== ''; ) {
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
    if (folders.has(folder)) return folder;
  }
  return undefined;
}

/** Who depends on what is built is built too. */
function spread(projects: readonly OrderedProject[], selected: Map<OrderedProject, Reason>): void {
  const queue = [...selected.keys()];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const project of projects) {
      if (selected.has(project) || project.workspace === next.directory) continue;
      if (!project.dependsOn.includes(next.directory)) continue;
      const why = because(
        'certain',
        `It depends on ${next.title}, which is touched.`,
        ...project.why.evidence,
        ...selected.get(next)!.evidence,
      );
      selected.set(project, why);
      queue.push(project);
    }
  }
}

function servingOf(
  projects: readonly OrderedProject[],
  selected: ReadonlyMap<OrderedProject, Reason>,
): ReadonlySet<OrderedProject> {
  const roots = new Set([...selected.keys()].map(({ workspace }) => workspace));
  return new Set(
    projects.filter(
      (project) =>
        project.workspace === undefined &&
        !selected.has(project) &&
        roots.has(project.directory) &&
        project.ecosystem === 'node',
    ),
  );
}
