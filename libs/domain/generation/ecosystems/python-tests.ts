import { because, type Part } from '../project.js';
import { evidenceOf, join, type Repository } from '../repository.js';
import type { PythonFolder } from './python-folder.js';

/** tox or nox, where the project says how it is tested by one of them; else pytest; else unittest. */
export function chooseTests(python: PythonFolder, repository: Repository): readonly Part[] {
  const { folder, tools } = python;
  const runner =
    tools.tox !== undefined ? ('tox' as const) : tools.nox !== undefined ? ('nox' as const) : undefined;
  if (runner !== undefined) {
    const why = because('certain', `${runner} says how the project is tested.`, tools[runner]!);
    return [{ task: 'test', run: python.run([runner]), why }];
  }
  const file = repository.below(folder, /^(test_.*|.*_test)\.py$/);
  const pytest = tools.pytest ?? declaredPytest(python, repository);
  if (pytest !== undefined) {
    const added = ['--junitxml=reports/pytest.xml'];
    return [
      {
        task: 'test',
        run: [...python.run(['pytest']), ...added],
        why: because('certain', 'Runs the tests with pytest, which is configured or a dependency.', pytest),
        report: {
          files: ['reports/pytest.xml'],
          added,
          why: because('certain', 'pytest writes JUnit itself.', pytest),
        },
        ...sourcePath(python),
      },
    ];
  }
  return file === undefined ? [] : [unittest(python, file, repository)];
}

function declaredPytest(python: PythonFolder, repository: Repository) {
  return [python.manifest, ...python.requirements]
    .map((file) => evidenceOf(repository, file, /(^|["'\s])pytest(["'\s=<>~[;]|$)/m))
    .find(({ line }) => line !== undefined);
}

function unittest(python: PythonFolder, file: string, repository: Repository): Part {
  const inFolder = python.folder === '' ? file : file.slice(python.folder.length + 1);
  const [top = ''] = inFolder.split('/');
  const nested = inFolder.includes('/');
  const packaged = nested && repository.has(join(python.folder, `${top}/__init__.py`));
  const where = nested ? ['-s', top, ...(packaged ? ['-t', '.'] : [])] : [];
  const pattern = /_test\.py$/.test(file) ? ['-p', '*_test.py'] : [];
  const interpreter = python.run([]).filter((word) => word !== '-m');
  const start = python.installer === 'pip' ? interpreter : [...interpreter, 'python'];
  return {
    task: 'test',
    run: [...start, '-m', 'unittest', 'discover', ...where, ...pattern],
    why: because('likely', 'Runs the tests with unittest: there are tests, and nothing of pytest.', { file }),
    ...sourcePath(python),
  };
}

/** What is not installed is found by its path. */
function sourcePath({ sourceFolder, needsInstall, installer }: PythonFolder): Pick<Part, 'environment'> {
  return {
    environment: {
      PYTHONDONTWRITEBYTECODE: '1',
      ...(sourceFolder && !needsInstall && installer === 'pip' ? { PYTHONPATH: 'src' } : {}),
    },
  };
}
