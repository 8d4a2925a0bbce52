import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { SluiceError } from '#domain/errors.js';
import { requireFolderInWorkspace } from '../process/workspace-folders.js';
import { createRepositoryNotFound } from './git-failure.js';

export interface RepositoryAddress {
  /** As git gets it; never begins with a dash. */
  readonly url: string;
  /** Scheme, host and port, where it is http or https. */
  readonly origin?: string;
  /** A folder of this machine. */
  readonly local: boolean;
}

/**
 * Reads what `repository` names. Throws SluiceError `repository-invalid`, `repository-not-found` (a local one),
 * `path-outside-workspace`, `path-not-found`.
 */
export async function readRepositoryAddress(text: string, workspace: string): Promise<RepositoryAddress> {
  if (/\p{Cc}/u.test(text) || text.startsWith('-') || /^[a-z0-9+.-]+::/i.test(text)) throw createInvalid();
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return readUrl(text);
  // user@host:path; git reads a colon that no slash precedes as ssh.
  if (/^[^/]+:/.test(text)) {
    if (!/^([\w.-]+@)?[\w.[\]:-]+:[^:]/.test(text)) throw createInvalid();
    return { url: text, local: false };
  }
  if (isAbsolute(text)) return readLocal(text, text);
  return { url: await requireFolderInWorkspace(workspace, text), local: true };
}

async function readUrl(text: string): Promise<RepositoryAddress> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  switch (url?.protocol) {
    case 'http:':
    case 'https:':
      if (url.username || url.password) throw createCredentialsInUrl();
      return { url: url.href, origin: url.origin, local: false };
    case 'ssh:':
    case 'git:':
      if (url.password) throw createCredentialsInUrl();
      if (url.hostname.startsWith('-') || url.username.startsWith('-')) throw createInvalid();
      return { url: text, local: false };
    case 'file:':
      if (url.host !== '') throw createInvalid();
      return readLocal(fileURLToPath(url), url.href);
    default:
      throw createInvalid();
  }
}

async function readLocal(path: string, url: string): Promise<RepositoryAddress> {
  const exists = await stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
  if (!exists) throw createRepositoryNotFound(path);
  return { url, local: true };
}

function createInvalid(): SluiceError {
  return createActionFailure({
    code: 'repository-invalid',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: 'The repository is neither a URL that git/checkout knows nor a path.',
    hint: 'Write `https://host/path`, `ssh://host/path`, `user@host:path`, `file:///path`, or a path.',
  });
}

function createCredentialsInUrl(): SluiceError {
  return createActionFailure({
    code: 'repository-invalid',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: 'The URL of the repository holds credentials.',
    hint: 'Hand them over by `credentials`, as a reference to a secret.',
  });
}
