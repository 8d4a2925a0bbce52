/** A version by SemVer 2.0.0 (semver.org). Its numbers may be of any size, hence they stay text. */
export interface SemVer {
  /** Without its build metadata, which precedence does not regard. */
  readonly precedence: string;
  readonly major: string;
  readonly minor: string;
  readonly patch: string;
  /** Identifiers of the pre-release; none of a release. */
  readonly preRelease: readonly string[];
  /** Build metadata. */
  readonly build: string | undefined;
}

/** How far a change reaches, by SemVer 2.0.0; `none` where nothing changed. */
export const BUMPS = ['none', 'patch', 'minor', 'major'] as const;

export type Bump = (typeof BUMPS)[number];

/** In characters; the specification sets no limit, what is read by people has one. */
const MAX_SEMVER_LENGTH = 100;

const NUMBER = '(0|[1-9][0-9]*)';
const IDENTIFIER = '(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)';
/** Of texts of at most 100 characters. */
export const SEMVER = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-(${IDENTIFIER}(?:\\.${IDENTIFIER})*))?(?:\\+([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?$`,
);

/** Undefined for what is none, and for what is longer than 100 characters. */
export function parseSemVer(text: string): SemVer | undefined {
  const match = text.length > MAX_SEMVER_LENGTH ? null : SEMVER.exec(text);
  if (match === null) return undefined;
  const [, major = '', minor = '', patch = '', preRelease, build] = match;
  return {
    precedence: build === undefined ? text : text.slice(0, text.indexOf('+')),
    major,
    minor,
    patch,
    preRelease: preRelease?.split('.') ?? [],
    build,
  };
}

export function formatSemVer({ precedence, build }: SemVer): string {
  return build === undefined ? precedence : `${precedence}+${build}`;
}

/** Less than, equal to or greater than 0, by precedence (SemVer 2.0.0, 11). */
export function compareSemVer(a: SemVer, b: SemVer): number {
  return (
    compareNumbers(a.major, b.major) ||
    compareNumbers(a.minor, b.minor) ||
    compareNumbers(a.patch, b.patch) ||
    comparePreReleases(a.preRelease, b.preRelease)
  );
}

/** The one of the highest precedence; undefined of none. */
export function findGreatest(versions: Iterable<SemVer>): SemVer | undefined {
  let greatest: SemVer | undefined;
  for (const version of versions) {
    if (greatest === undefined || compareSemVer(version, greatest) > 0) greatest = version;
  }
  return greatest;
}

/**
 * The least version that may follow for a change of this reach. Before 1.0.0 a major change raises the minor number, all
 * else the patch. Of a pre-release it is the release itself, where that reaches far enough.
 */
export function computeNext(version: SemVer, bump: Bump): string {
  const [major, minor, patch] = [BigInt(version.major), BigInt(version.minor), BigInt(version.patch)];
  const reach = BUMPS.indexOf(major > 0n ? bump : bump === 'major' ? 'minor' : 'patch');
  const own = patch > 0n ? 'patch' : minor > 0n ? 'minor' : 'major';
  if (version.preRelease.length > 0 && BUMPS.indexOf(own) >= reach) return `${major}.${minor}.${patch}`;
  if (reach === BUMPS.indexOf('major')) return `${major + 1n}.0.0`;
  return reach === BUMPS.indexOf('minor') ? `${major}.${minor + 1n}.0` : `${major}.${minor}.${patch + 1n}`;
}

/** The one that reaches furthest; `none` of none. */
export function findFurthest(bumps: Iterable<Bump>): Bump {
  let furthest: Bump = 'none';
  for (const bump of bumps) if (BUMPS.indexOf(bump) > BUMPS.indexOf(furthest)) furthest = bump;
  return furthest;
}

function comparePreReleases(a: readonly string[], b: readonly string[]): number {
  // A release comes after its pre-releases.
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const order = compareIdentifiers(a[at]!, b[at]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareIdentifiers(a: string, b: string): number {
  const [aIsNumber, bIsNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (aIsNumber && bIsNumber) return compareNumbers(a, b);
  if (aIsNumber !== bIsNumber) return aIsNumber ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Of digits without leading zeros: the longer one is the greater. */
function compareNumbers(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
