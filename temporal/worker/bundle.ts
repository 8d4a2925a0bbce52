import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { ENCODE_FAILURES } from '#contracts/names.js';

const WORKFLOWS = fileURLToPath(new URL('../workflows/workflows.js', import.meta.url));

/**
 * The interpreter and its engine are loaded once for all runs of a worker instead of once per run: their modules keep
 * nothing of a run but caches that no result depends on.
 */
export const PRELOADED = [WORKFLOWS];

const BUNDLE_FILE = fileURLToPath(new URL('../../workflow-bundle.js', import.meta.url));

/**
 * The compiled workflows as one file beside the build, so that a worker starts without bundling. With `encrypted`, what
 * they fail with is put where codecs reach it.
 */
export async function readBundle(options: { readonly encrypted: boolean }): Promise<{ code: string }> {
  const code = await readFile(BUNDLE_FILE, 'utf8');
  // On the first line, so that the numbers of lines stay.
  return { code: options.encrypted ? `globalThis.${ENCODE_FAILURES} = true; ${code}` : code };
}

/** Bundles the compiled workflows; some seconds. Answers with the file in which a worker looks for it. */
export async function buildBundle(): Promise<{ file: string; code: string }> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: WORKFLOWS,
    failureConverterPath: fileURLToPath(new URL('../workflows/failure-converter.js', import.meta.url)),
    preloadModules: PRELOADED,
    // Lines of the sources in stack traces need no copy of the sources.
    webpackConfigHook: (config) => ({ ...config, devtool: 'inline-nosources-source-map' }),
    logger: new DefaultLogger('WARN'),
  });
  return { file: BUNDLE_FILE, code };
}
