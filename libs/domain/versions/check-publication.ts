import {
  type Bump,
  compareSemVer,
  computeNext,
  findGreatest,
  formatSemVer,
  parseSemVer,
  type SemVer,
} from './semver.js';

/**
 * A published version must be greater than all that were published on its line before. The line is that of its major and
 * minor number where one of them was published; else that of its major number; else it is all of them. So a correction
 * of 1.3 may follow 2.0.0, and nothing appears in between afterwards.
 *
 * Answers with the one that stands in the way.
 */
export function findObstacle(wanted: SemVer, published: readonly SemVer[]): SemVer | undefined {
  const sameMajor = published.filter(({ major }) => major === wanted.major);
  const sameMinor = sameMajor.filter(({ minor }) => minor === wanted.minor);
  const line = [sameMinor, sameMajor, published].find(({ length }) => length > 0) ?? [];
  const greatest = findGreatest(line);
  return greatest !== undefined && compareSemVer(wanted, greatest) <= 0 ? greatest : undefined;
}

/** What `latest` names: the greatest release; the greatest pre-release where nothing else was published. */
export function findLatest<T>(published: readonly T[], semverOf: (each: T) => SemVer): T | undefined {
  const releases = published.filter((each) => semverOf(each).preRelease.length === 0);
  const [first, ...rest] = releases.length > 0 ? releases : published;
  return rest.reduce(
    (latest, each) => (compareSemVer(semverOf(each), semverOf(latest!)) > 0 ? each : latest),
    first,
  );
}

/** The least version that may be published for a change of this reach since `from`. */
export function suggestNext(from: SemVer, bump: Bump, published: readonly SemVer[]): string {
  for (let base = from; ; ) {
    const next = parseSemVer(computeNext(base, bump))!;
    const obstacle = findObstacle(next, published);
    if (obstacle === undefined) return next.precedence;
    base = obstacle;
  }
}

/** What is published first, where nobody says otherwise. */
export const FIRST_SEMVER = '1.0.0';

/** In words, for who is refused. */
export function describeObstacle(wanted: SemVer, obstacle: SemVer): string {
  return `${formatSemVer(wanted)} is not greater than ${formatSemVer(obstacle)}, which was published before on its line.`;
}
