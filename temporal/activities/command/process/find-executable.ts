import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';

type Executable =
  | { readonly kind: 'found'; readonly path: string }
  /** It is there, but may not be executed. */
  | { readonly kind: 'not-executable' }
  | { readonly kind: 'not-found' };

/** Finds a program as execvp(3) does: in the folders of `path`, or, with a slash in its name, from `directory`. */
export async function findExecutable(name: string, directory: string, path: string): Promise<Executable> {
  const folders = name.includes('/') ? [''] : path.split(delimiter);
  let result: Executable = { kind: 'not-found' };
  for (const folder of folders) {
    const candidate = resolve(directory, folder, name);
    const isFile = await stat(candidate).then(
      (facts) => facts.isFile(),
      () => false,
    );
    if (!isFile) continue;
    const executable = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return { kind: 'found', path: candidate };
    result = { kind: 'not-executable' };
  }
  return result;
}
