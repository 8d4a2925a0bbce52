import { because, type Ecosystem, type Part, type Project, type Task } from '../project.js';
import { matchesGlobs } from '../reading/glob.js';
import { findEntry, quotedTexts, readSections, type Sections } from '../reading/sections.js';
import { evidenceOf, folderOf, isIn, join, type Repository, resolveFrom } from '../repository.js';

export const rust: Ecosystem = {
  title: 'Rust',
  recognises: [
    {
      files: '`Cargo.toml`',
      pattern: /(^|\/)Cargo\.toml$/,
      leadsTo: '`cargo build`, `cargo test`; a workspace is built as a whole; `path` dependencies.',
      read: true,
    },
    {
      files: '`Cargo.lock`',
      pattern: /(^|\/)Cargo\.lock$/,
      leadsTo: '`cargo fetch --locked`, and `--locked` everywhere.',
      read: false,
    },
    {
      files: '`rustfmt.toml`, `.rustfmt.toml`',
      pattern: /(^|\/)\.?rustfmt\.toml$/,
      leadsTo: '`cargo fmt --check`.',
      read: false,
    },
    {
      files: '`clippy.toml`, `.clippy.toml`',
      pattern: /(^|\/)\.?clippy\.toml$/,
      leadsTo: '`cargo clippy`; lints of clippy in `Cargo.toml` lead to the same.',
      read: false,
    },
    {
      files: '`rust-toolchain.toml`, `rust-toolchain`',
      pattern: /(^|\/)rust-toolchain(\.toml)?$/,
      leadsTo: 'The version of Rust that is expected.',
      read: true,
    },
  ],
  detect: detectRust,
  classify,
};

interface Crate {
  readonly file: string;
  readonly folder: string;
  readonly sections: Sections;
}

function detectRust(repository: Repository): readonly Project[] {
  const crates = repository.named('Cargo.toml').map(
    (file): Crate => ({
      file,
      folder: folderOf(file),
      sections: readSections(repository.text(file) ?? ''),
    }),
  );
  const workspaces = crates.filter(({ sections }) => sections.lines.has('workspace'));
  const isMember = ({ folder }: Crate) =>
    workspaces.some((root) => {
      if (root.folder === folder || !isIn(folder, root.folder)) return false;
      const members = quotedTexts(findEntry(root.sections, 'workspace', 'members')?.value ?? '');
      return matchesGlobs(root.folder === '' ? folder : folder.slice(root.folder.length + 1), members);
    });
  return crates
    .filter((crate) => !isMember(crate))
    .map((crate) => toProject(crate, workspaces.includes(crate), repository));
}

function toProject(crate: Crate, workspace: boolean, repository: Repository): Project {
  const { file, folder, sections } = crate;
  const name =
    quotedTexts(findEntry(sections, 'package', 'name')?.value ?? '')[0]?.slice(0, 100) ??
    (folder || repository.facts.name);
  const paths = sections.entries.flatMap(({ section, value }) => {
    const path = /dependencies/.test(section) ? /\bpath\s*=\s*"([^"\n]{1,200})"/.exec(value)?.[1] : undefined;
    const target = path === undefined ? undefined : resolveFrom(folder, path);
    return target === undefined || target === folder ? [] : [target];
  });
  return {
    ecosystem: 'rust',
    directory: folder,
    title: workspace ? `Cargo workspace ${name}` : `Rust crate ${name}`,
    why: because(
      'certain',
      workspace ? 'A workspace of Cargo; its members are built together.' : 'A crate of Cargo.',
      evidenceOf(repository, file, workspace ? /^\[workspace\]/m : /^\[package\]/m),
    ),
    parts: partsOf(crate, workspace, repository),
    dependsOn: workspace ? [] : paths,
  };
}

function partsOf({ file, folder, sections }: Crate, workspace: boolean, repository: Repository): Part[] {
  const lock = repository.firstOf(folder, ['Cargo.lock']);
  const flags = [...(workspace ? ['--workspace'] : []), ...(lock === undefined ? [] : ['--locked'])];
  const format = repository.firstOf(folder, ['rustfmt.toml', '.rustfmt.toml']);
  const clippy = repository.firstOf(folder, ['clippy.toml', '.clippy.toml']);
  const lints = [...sections.lines].find(([name]) => /^(workspace\.)?lints\.clippy$/.test(name));
  const pinned = repository.firstOf(folder, ['rust-toolchain.toml', 'rust-toolchain']);
  const channel =
    pinned === undefined
      ? undefined
      : /^\s*(?:channel\s*=\s*)?"?([\w.-]{1,40})"?\s*$/m.exec(repository.text(pinned) ?? '')?.[1];
  return [
    {
      task: 'tools',
      run: ['cargo', '--version'],
      why: because(
        pinned === undefined ? 'likely' : 'certain',
        pinned === undefined
          ? 'Says in the log which Rust the worker has.'
          : `Says in the log which Rust the worker has; the repository asks for ${channel ?? 'a certain one'}.`,
        { file: pinned ?? file },
      ),
    },
    {
      task: 'install',
      run: ['cargo', 'fetch', ...(lock === undefined ? [] : ['--locked'])],
      network: true,
      why: because(
        'likely',
        lock === undefined
          ? 'Downloads the dependencies; there is no Cargo.lock.'
          : 'Downloads what Cargo.lock names.',
        { file: lock ?? file },
      ),
    },
    ...(format === undefined
      ? []
      : [
          {
            task: 'format' as const,
            run: ['cargo', 'fmt', '--all', '--check'],
            why: because('certain', 'rustfmt is configured.', { file: format }),
          },
        ]),
    ...(clippy === undefined && lints === undefined
      ? []
      : [
          {
            task: 'lint' as const,
            run: ['cargo', 'clippy', '--all-targets', ...flags, '--', '-D', 'warnings'],
            why: because(
              'certain',
              'clippy is configured.',
              clippy === undefined ? { file, line: lints![1] } : { file: clippy },
            ),
          },
        ]),
    {
      task: 'build',
      run: ['cargo', 'build', '--all-targets', ...flags],
      why: because('likely', 'Compiles, tests and examples included.', { file }),
    },
    {
      task: 'test',
      run: ['cargo', 'test', ...flags],
      why: because('likely', 'Runs the tests, those in documentation too.', {
        file: join(folder, 'Cargo.toml'),
      }),
    },
  ];
}

const VERBS: ReadonlyMap<string, Task> = new Map([
  ['fetch', 'install'],
  ['fmt', 'format'],
  ['clippy', 'lint'],
  ['check', 'check'],
  ['build', 'build'],
  ['test', 'test'],
  ['nextest', 'test'],
]);

function classify(words: readonly string[]): Task | undefined {
  if (words[0] !== 'cargo') return undefined;
  const [verb] = words.slice(1).filter((word) => !word.startsWith('+'));
  return VERBS.get(verb ?? '');
}
