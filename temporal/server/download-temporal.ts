import { execFile } from 'node:child_process';
import { createWriteStream, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { ObtainRequest } from './obtain-temporal.js';
import { runsTemporal } from './runs-temporal.js';

const SOURCE = 'https://temporal.download/cli/archive';
/** Without a network the answer must come fast: there is another way left. */
const CONNECT_MS = 10_000;
const STALL_MS = 20_000;
const PROGRESS_MS = 2_000;

/** Brings the official archive of this platform into `folder`. The program appears there whole, or not at all. */
export async function downloadTemporal(
  folder: string,
  version: string,
  request: Pick<ObtainRequest, 'onProgress'>,
  source: string = SOURCE,
): Promise<{ path: string } | { reason: string }> {
  const unfinished = mkdtempSync(join(folder, 'download-'));
  try {
    const archive = join(unfinished, 'temporal.tar.gz');
    await download(`${source}/v${version}?platform=${platformName()}&arch=${archName()}`, archive, request);
    await promisify(execFile)('tar', ['-xzf', archive, '-C', unfinished, 'temporal']);
    const program = join(unfinished, 'temporal');
    if (!runsTemporal(program)) return { reason: 'the program in the archive does not run on this machine' };
    const path = join(folder, 'temporal');
    renameSync(program, path);
    return { path };
  } catch (error) {
    return { reason: describe(error) };
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function download(
  url: string,
  file: string,
  { onProgress }: Pick<ObtainRequest, 'onProgress'>,
): Promise<void> {
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(new Error('no answer in 10 s')), CONNECT_MS);
  const started = Date.now();
  let shown = started;
  let bytes = 0;
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || response.body === null) throw new Error(`HTTP status ${response.status}`);
    const watch = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        clearTimeout(timer);
        timer = setTimeout(() => abort.abort(new Error('the transfer stopped for 20 s')), STALL_MS);
        bytes += chunk.length;
        if (Date.now() - shown > PROGRESS_MS) {
          shown = Date.now();
          onProgress(`Downloading the Temporal server: ${Math.round(bytes / 1e6)} MB`);
        }
        next(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body), watch, createWriteStream(file), { signal: abort.signal });
  } finally {
    clearTimeout(timer);
  }
}

function platformName(): string {
  return process.platform === 'win32' ? 'windows' : process.platform;
}

function archName(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`;
}
