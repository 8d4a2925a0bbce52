/** Which change a gate judges. */
export interface GateSubject {
  /** Of git: `COMMIT_PATTERN`. */
  readonly commit?: string | undefined;
  /** Id of a run. */
  readonly run?: string | undefined;
  /** Key of a step of it. */
  readonly step?: string | undefined;
  /** Whatever tells changes apart; at most `MOST_LABELS`. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Regular expressions, as JSON Schema has them. */
export const COMMIT_PATTERN = '^[0-9a-f]{7,64}$';
export const LABEL_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$';
/** No control characters. */
export const LABEL_VALUE_PATTERN = '^[^\\x00-\\x1f\\x7f-\\x9f]*$';

export const MOST_LABELS = 20;
export const LONGEST_LABEL = 200;
export const MOST_GATE_VERSION = 2_147_483_647;
