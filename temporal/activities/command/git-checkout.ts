import { randomUUID } from 'node:crypto';
import { realpath, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { GitCheckoutInput, GitCheckoutOutput } from '#contracts/catalogue/git-checkout.js';
import type { Action, ActionContext } from '#contracts/ports.js';
import { emptyFolder, prepareCheckoutFolder } from './git/checkout-folder.js';
import { type FoundRef, findRef, listRefPatterns, requireValidRef } from './git/find-ref.js';
import { createGitEnvironment } from './git/git-environment.js';
import { createRefNotFound, toGitFailure } from './git/git-failure.js';
import { type RepositoryAddress, readRepositoryAddress } from './git/repository-address.js';
import type { CommandHost, HostResult } from './process/command-host.js';
import { locateInWorkspace, preparePrivateFolders } from './process/workspace-folders.js';

/** Bytes of what git prints that are read: the refs that match, an id, its last complaints. */
const KEEP = { stdout: 1_048_576, stderr: 16_384 } as const;

/** What the user who fetches need not own: local repositories belong to whom they belong. */
const CONFIGURATION = '[safe]\n\tdirectory = *\n';

/**
 * `git/checkout`. Throws SluiceError `repository-invalid`, `repository-not-found`, `repository-access-denied`,
 * `repository-unreachable`, `ref-invalid`, `ref-not-found`, `credentials-unsupported`, `directory-not-empty`,
 * `path-outside-workspace`, `git-failed`, and what the host and the secret's resolver throw.
 */
export function createGitCheckout(host: CommandHost): Action {
  return async (input, context) => ({
    ...(await checkOut(host, input as unknown as GitCheckoutInput, context)),
  });
}

/** Runs git and answers with its result, whatever it is. */
type Git = (...args: string[]) => Promise<HostResult>;

async function checkOut(
  host: CommandHost,
  input: GitCheckoutInput,
  context: ActionContext,
): Promise<GitCheckoutOutput> {
  if (input.ref !== undefined) requireValidRef(input.ref);
  const address = await readRepositoryAddress(input.repository, context.workspace);
  const authorization = await resolveAuthorization(input, address, context);
  const root = await realpath(context.workspace);
  const folder = await locateInWorkspace(root, input.directory ?? '.');
  const folders = await preparePrivateFolders(root);
  const configuration = join(folders.root, `gitconfig-${randomUUID()}`);
  await writeFile(configuration, CONFIGURATION, { flag: 'wx', mode: 0o600 });
  const environment = createGitEnvironment({
    address,
    configuration,
    ...(authorization ? { authorization } : {}),
  });
  const runIn =
    (directory: string): Git =>
    (...args) =>
      host
        .run(
          {
            argv: ['git', ...args],
            directory,
            environment,
            untrusted: false,
            keep: KEEP,
            log: (stream, line) => stream !== 'stdout' && context.log(stream, line),
          },
          context,
        )
        // Before it is cut: half of a secret would be recognised nowhere.
        .then((result) => ({ ...result, stderr: context.hide(result.stderr) }));
  try {
    const listing = await require(runIn(
      root,
    ), address, 'ls-remote', '--symref', '--', address.url, ...listRefPatterns(input.ref));
    const found = findRef(listing.stdout, input.ref);
    if (!found) throw createRefNotFound(input.ref ?? 'HEAD', input.repository);
    await prepareCheckoutFolder(folder, root, folders);
    try {
      const { commit, ref } = await fill(runIn(folder), address, found, input);
      return { commit, ref, directory: relative(root, folder) || '.' };
    } catch (error) {
      await emptyFolder(folder).catch(() => undefined);
      throw error;
    }
  } finally {
    await rm(configuration, { force: true });
  }
}

async function fill(
  git: Git,
  address: RepositoryAddress,
  found: FoundRef,
  input: GitCheckoutInput,
): Promise<{ readonly commit: string; readonly ref: string }> {
  const run = (...args: string[]): Promise<HostResult> => require(git, address, ...args);
  await run('init', '--quiet');
  await run('remote', 'add', '--', 'origin', address.url);
  await fetchRef(git, address, found, input.depth ?? 1);
  const target = await requireTarget(git, found, input);
  await run('checkout', '--quiet', '--force', ...target, '--');
  if (input.submodules) {
    const depth = input.depth === 0 ? [] : [`--depth=${input.depth ?? 1}`];
    await run('submodule', 'update', '--init', '--recursive', '--force', ...depth);
  }
  const commit = (await run('rev-parse', '--verify', 'HEAD')).stdout.trim();
  return { commit, ref: found.kind === 'commit' ? commit : found.ref };
}

const EVERYTHING = ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'] as const;

/** A commit that the other side does not hand out by its id comes with everything. */
async function fetchRef(git: Git, address: RepositoryAddress, found: FoundRef, depth: number): Promise<void> {
  const fetch = (...args: string[]): Promise<HostResult> => git('fetch', '--quiet', '--no-tags', ...args);
  const limit = depth === 0 ? [] : [`--depth=${depth}`];
  if (found.kind === 'commit') {
    if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(found.id)) {
      const everything = depth === 0 ? EVERYTHING : [];
      const result = await fetch(...limit, 'origin', found.id, ...everything);
      if (result.exitCode === 0) return;
    }
    requireSuccess(await fetch('origin', ...EVERYTHING), address);
    return;
  }
  const specs = [`+${found.ref}:${localName(found)}`];
  if (depth === 0) specs.push(...EVERYTHING);
  requireSuccess(await fetch(...limit, 'origin', ...specs), address);
}

function localName(found: Exclude<FoundRef, { kind: 'commit' }>): string {
  return found.kind === 'tag' ? found.ref : `refs/remotes/origin/${found.name}`;
}

/** Arguments of `git checkout`. */
async function requireTarget(git: Git, found: FoundRef, input: GitCheckoutInput): Promise<string[]> {
  if (found.kind === 'branch') return ['--track', '-B', found.name, localName(found)];
  if (found.kind !== 'commit') return ['--detach', localName(found)];
  const commit = await git('rev-parse', '--quiet', '--verify', '--end-of-options', `${found.id}^{commit}`);
  if (commit.exitCode !== 0) throw createRefNotFound(input.ref ?? 'HEAD', input.repository);
  return ['--detach', commit.stdout.trim()];
}

async function require(git: Git, address: RepositoryAddress, ...args: string[]): Promise<HostResult> {
  return requireSuccess(await git(...args), address);
}

function requireSuccess(result: HostResult, address: RepositoryAddress): HostResult {
  if (result.exitCode === 0) return result;
  throw toGitFailure(result.stderr, address.url);
}

/** `user:token`, or a token alone, which hosts take with any user name. */
async function resolveAuthorization(
  input: GitCheckoutInput,
  address: RepositoryAddress,
  context: ActionContext,
): Promise<string | undefined> {
  if (input.credentials === undefined) return undefined;
  if (address.origin === undefined) {
    throw createActionFailure({
      code: 'credentials-unsupported',
      fault: 'user',
      class: 'configuration',
      retryable: false,
      message: '`credentials` work for http and https repositories only.',
      hint: 'Use the https URL of the repository, or leave `credentials` out.',
    });
  }
  const secret = (await context.secrets.resolve(input.credentials)).trim();
  context.mask(secret);
  const colon = secret.indexOf(':');
  if (colon >= 0) context.mask(secret.slice(colon + 1));
  const encoded = Buffer.from(colon >= 0 ? secret : `x-access-token:${secret}`).toString('base64');
  context.mask(encoded);
  return `Basic ${encoded}`;
}
