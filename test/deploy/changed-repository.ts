import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findProjectRoot } from '../../libs/host/project-root.js';

const ROOT = findProjectRoot();
const GATE = `gate: 1
name: pre-merge
type: pre-merge
criteria:
  - { name: size, metric: change.files-changed, pass: "<= 3", warn: "<= 5" }
`;

/** A checkout with a few commits, and what pipelines find on their machines: `sluice` on the PATH, a home. */
export class ChangedRepository {
  readonly root = mkdtempSync(join(tmpdir(), 'sluice-ci-'));
  readonly folder = join(this.root, 'check out');
  readonly env: Readonly<Record<string, string>> = {
    PATH: `${join(this.root, 'bin')}:${process.env['PATH']}`,
    HOME: this.root,
    SLUICE_HOME: join(this.root, 'home'),
  };

  constructor() {
    for (const each of [this.folder, join(this.root, 'bin')]) mkdirSync(each);
    symlinkSync(join(ROOT, 'bin/sluice'), join(this.root, 'bin/sluice'));
    this.git('init', '--quiet', '--initial-branch=main', '.');
    this.git('config', 'user.name', 'Ada');
    this.git('config', 'user.email', 'ada@example.org');
    const scripts = { test: 'node --test' };
    this.commit({
      'package.json': JSON.stringify({ private: true, scripts }),
      '.sluice/gates/pre-merge.yaml': GATE,
      'total.js': 'module.exports = (a, b) => a + b;\n',
      'total.test.js':
        "require('node:test')('adds', () => require('node:assert').equal(require('./total')(1, 2), 3));\n",
    });
    this.commit({ 'total.js': 'module.exports = (a, b) => b + a;\n' });
  }

  git(...args: readonly string[]): string {
    return execFileSync('git', args, {
      cwd: this.folder,
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    }).toString();
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, name)), { recursive: true });
      writeFileSync(join(this.folder, name), content);
    }
  }

  commit(files: Readonly<Record<string, string>>, message = 'go on'): string {
    this.write(files);
    this.git('add', '-A');
    this.git('commit', '--quiet', '-m', message);
    return this.git('rev-parse', 'HEAD').trim();
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
