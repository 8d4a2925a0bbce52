import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const BUNDLE_FILE = fileURLToPath(new URL('../../workflow-bundle.js', import.meta.url));

/** The compiled workflows as one file beside the build, so that a worker starts without bundling. */
export async function readBundle(): Promise<{ code: string }> {
  return { code: await readFile(BUNDLE_FILE, 'utf8') };
}

/** Bundles the compiled workflows; about a second. Answers with the file. */
export async function buildBundle(): Promise<{ file: string; code: string }> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../workflows/workflows.js', import.meta.url)),
    logger: new DefaultLogger('WARN'),
  });
  return { file: BUNDLE_FILE, code };
}
