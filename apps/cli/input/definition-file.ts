import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { usageError } from './usage-error.js';

export interface DefinitionFile {
  readonly path: string;
  readonly text: string;
  readonly format: 'yaml' | 'json';
}

/** Throws SluiceError `usage` for what is not a readable file. */
export async function readDefinitionFile(path: string): Promise<DefinitionFile> {
  try {
    const text = await readFile(path, 'utf8');
    return { path, text, format: extname(path).toLowerCase() === '.json' ? 'json' : 'yaml' };
  } catch (error) {
    throw usageError(
      `${path} cannot be read: ${describeReadFailure(error as NodeJS.ErrnoException)}.`,
      'Name a file that holds a definition in YAML or JSON.',
    );
  }
}

function describeReadFailure(error: NodeJS.ErrnoException): string {
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EACCES: 'permission denied',
    EISDIR: 'it is a folder',
  };
  return words[error.code ?? ''] ?? error.message;
}

/** Whether `FILE|NAME|ID` means a file: it exists as one, or is written as only a path is. */
export function meansFile(argument: string): boolean {
  return /\.(ya?ml|json)$/i.test(argument) || /[\\/]/.test(argument) || isFile(argument);
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
