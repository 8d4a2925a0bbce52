import { spawnSync } from 'node:child_process';

/** Whether the file is a Temporal command line that runs here and knows the server's options that we use. */
export function runsTemporal(path: string): boolean {
  const answer = spawnSync(path, ['server', 'start-dev', '--help'], { encoding: 'utf8', timeout: 20_000 });
  return (
    answer.status === 0 &&
    ['--sqlite-pragma', '--search-attribute', '--ui-port'].every((o) => answer.stdout.includes(o))
  );
}
