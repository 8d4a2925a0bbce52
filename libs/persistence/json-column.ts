/** Parameter for a column of type json: absent and null are both SQL's NULL. */
export function jsonOrNull(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}
