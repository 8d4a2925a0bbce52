/** Parameter for a column of type text, which cannot hold U+0000; absent is SQL's NULL. */
export function textOrNull(value: string | undefined): string | null {
  return value?.replaceAll('\0', '') ?? null;
}
