import type { Generation } from '#domain/generation/generate.js';
import { runCommand } from '../../apps/cli/testing/run-command.js';

/** What `sluice generate --json` answers with. */
export async function generateIn(
  folder: string,
  ...more: readonly string[]
): Promise<Generation & { readonly refinement?: string }> {
  const { code, out, err } = await runCommand({ argv: ['generate', folder, '--json', ...more] });
  if (code !== 0) throw new Error(`generate ended with ${code}: ${out}${err}`);
  return JSON.parse(out);
}
