import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProjectRoot } from '../../libs/host/project-root.js';

/** The interpreter and its engine, as they are built: one text, every module at its place. */
export function readBundle(): string {
  return readFileSync(join(findProjectRoot(), 'dist/workflow-bundle.js'), 'utf8');
}

export interface BundledModule {
  /** `temporal/workflows/timers.js` */
  readonly path: string;
  /** Where its code stands in the bundle. */
  readonly start: number;
  readonly end: number;
}

/** What decides and carries out; expressions and the SDK are not meant. */
const INTERPRETER = /^(temporal\/workflows|libs\/domain\/execution)\//;
const HEAD = /^\/\*\*\*\/ "\.\/dist\/([^"]+)"$/gm;
const END = '\n/***/ }';

/** Modules of the interpreter in the bundle. */
export function modulesOf(code: string): BundledModule[] {
  return [...code.matchAll(HEAD)].flatMap(({ 1: path, index }) => {
    if (!INTERPRETER.test(path!)) return [];
    const start = code.indexOf('{', code.indexOf('*/', code.indexOf('/*!', index)));
    return [{ path: path!, start, end: code.indexOf(END, start) }];
  });
}
