/**
 * The fourteen factors of just-in-time defect prediction: Kamei et al., "A large-scale empirical study of just-in-time
 * quality assurance", IEEE TSE 39(6), 2013, table 1, in the units in which Zeng et al. ("Deep just-in-time defect
 * prediction: how far are we?", ISSTA 2021) measured them, because the model learnt from those: raw, nothing divided by
 * the size of a file, no logarithm; files that existed before the change.
 */
export const CHANGE_FACTORS = [
  'ns',
  'nd',
  'nf',
  'entropy',
  'la',
  'ld',
  'lt',
  'fix',
  'ndev',
  'age',
  'nuc',
  'exp',
  'rexp',
  'sexp',
] as const;

type ChangeFactorName = (typeof CHANGE_FACTORS)[number];

/** One change, as numbers; each finite and, but for `more`, not below zero. */
export interface ChangeFactors extends Readonly<Record<ChangeFactorName, number>> {
  readonly commit: string;
  /** When it was committed; seconds since the epoch. */
  readonly at: number;
  /** As it was given, or a digest of it: compared only. */
  readonly author: string;
  /** Modified subsystems: first folders of paths. */
  readonly ns: number;
  /** Modified directories. */
  readonly nd: number;
  /** Modified files. */
  readonly nf: number;
  /** Spread of the modified lines over the files, in bits; 0 with one file, log2(nf) when they share evenly. */
  readonly entropy: number;
  readonly la: number;
  readonly ld: number;
  /** Lines of the modified files before the change, all together. */
  readonly lt: number;
  /** 1 when the change mends a defect, else 0. */
  readonly fix: number;
  /** Developers who ever changed these files, the author among them. */
  readonly ndev: number;
  /** Days since these files were last changed; the mean over the files. */
  readonly age: number;
  /** Changes of these files, this one among them; the sum over the files. */
  readonly nuc: number;
  /** Files that the author changed, each as often as it was changed, this change among them. */
  readonly exp: number;
  /** The same, each divided by its age in days plus one. */
  readonly rexp: number;
  /** Files that the author ever changed in these subsystems. */
  readonly sexp: number;
  /** Further factors by name, `tests-touched` for one; what is not known is not there. */
  readonly more: Readonly<Record<string, number>>;
}

export const FILE_KINDS = [
  'code',
  'test',
  'dependencies',
  'migration',
  'configuration',
  'infrastructure',
  'documentation',
  'other',
] as const;

export type FileKind = (typeof FILE_KINDS)[number];

/** A modified file, so that parts of a change can be judged alone. */
export interface ChangedFile {
  readonly path: string;
  readonly kind: FileKind;
  readonly added: number;
  readonly deleted: number;
  /** 0 for a new one. */
  readonly linesBefore: number;
  /** Developers who changed it before. */
  readonly developers: number;
  /** Days since it was last changed; 0 for a new one. */
  readonly ageDays: number;
  /** Changes of it, this one among them. */
  readonly changes: number;
}

/** Somebody who knows the files. */
export interface PossibleReviewer {
  readonly name: string;
  /** Share of the earlier changes of these files that are theirs, 0 to 1. */
  readonly share: number;
  readonly exp: number;
  readonly rexp: number;
  readonly sexp: number;
}

/** What an assessment may take into account beside the factors. What is not known is left out, never guessed. */
export interface RiskContext {
  /** Seconds since the epoch; without it, no word about the age of the model or the hour. */
  readonly now?: number;
  /** Minutes east of Greenwich where the change was written, for the hour of the day. */
  readonly utcOffset?: number;
  /** The files of the change: without them, no advice to split it or to test this one. */
  readonly files?: readonly ChangedFile[];
  /** The best first. */
  readonly reviewers?: readonly PossibleReviewer[];
  /** The history was cut (a shallow clone): factors of history are lower bounds. */
  readonly historyIncomplete?: boolean;
  readonly environment?: RiskEnvironment;
}

/** How an environment may be called. */
export const ENVIRONMENT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** How things are where the change goes. */
export interface RiskEnvironment {
  /** Of an environment of the project, whose state then counts while a run waits. */
  readonly name?: string;
  /** Recent deployments there, and how many of them failed. */
  readonly deployments?: { readonly total: number; readonly failed: number };
  readonly openIncidents?: number;
  /** A freeze is declared. */
  readonly frozen?: boolean;
  /** Commits that go out together, this one among them. */
  readonly commitsTogether?: number;
  /** A canary, or another way that shows the change to few first. */
  readonly canary?: boolean;
}

export const RISK_LEVELS = ['low', 'medium', 'high'] as const;

export type RiskLevel = (typeof RISK_LEVELS)[number];

/** The score from which on a level holds. */
export const LEVEL_FROM: Readonly<Record<RiskLevel, number>> = { low: 0, medium: 30, high: 60 };

export function nameRiskLevel(score: number): RiskLevel {
  if (score >= LEVEL_FROM.high) return 'high';
  return score >= LEVEL_FROM.medium ? 'medium' : 'low';
}

export const CONFIDENCE_LEVELS = ['low', 'medium', 'high'] as const;

export type ConfidenceLevel = (typeof CONFIDENCE_LEVELS)[number];

export interface RiskConfidence {
  /** 0 to 1. */
  readonly value: number;
  readonly level: ConfidenceLevel;
  /** What lowers it, in words; none when nothing does. */
  readonly reasons: readonly string[];
}

/** What one factor, or a group of factors that say the same, adds to the score. */
export interface RiskContribution {
  /** `start` is where every change starts; the others are groups of factors and states of the environment. */
  readonly factor: string;
  /** For people: "adds 220 lines, more than 93 % of the changes here". */
  readonly words: string;
  /** Multiples of a quarter, so that adding them up in any order gives the score exactly. Below zero: makes it safer. */
  readonly points: number;
  /** The same before it is put on the scale: what it adds to the log odds. Their sum is the score's, not rounded. */
  readonly logOdds: number;
}

export const MITIGATION_KINDS = [
  'split',
  'add-tests',
  'ask-reviewer',
  'canary',
  'deploy-fewer',
  'other-time',
] as const;

type MitigationKind = (typeof MITIGATION_KINDS)[number];

export interface RiskMitigation {
  readonly kind: MitigationKind;
  readonly words: string;
  /** Points by which the score would be lower, by the model's own estimate or, with `basis: "rule"`, by a stated rule. */
  readonly lowersBy: number;
  readonly scoreAfter: number;
  /** What it adds to the log odds; below zero. */
  readonly logOdds: number;
  readonly basis: 'model' | 'rule';
  /** Files it is about; with `split`, those of each part. */
  readonly files?: readonly string[];
  readonly parts?: readonly (readonly string[])[];
  readonly reviewer?: string;
}

/** Which model judged. */
interface RiskModelReference {
  readonly name: string;
  readonly version: string;
  /** Projects and number of changes. */
  readonly trainedOn: string;
  /** SHA-256 of the model's data. */
  readonly digest: string;
}

/** JSON-stable: the same change, past, context and model give the same bytes. */
export interface RiskAssessment {
  readonly commit: string;
  /** That the change brings in a defect; 0 to 1, calibrated, before the environment is added. */
  readonly probability: number;
  /** 0 to 100; the sum of the points of all contributions. */
  readonly score: number;
  readonly level: RiskLevel;
  readonly confidence: RiskConfidence;
  /** `start` first, then by size. */
  readonly contributions: readonly RiskContribution[];
  /** What lowers the score most comes first. */
  readonly mitigations: readonly RiskMitigation[];
  readonly model: RiskModelReference;
  /** The whole in a few sentences. */
  readonly text: string;
}
