import { holdsSecret } from '../../../canaries.js';
import type { Evidence, Violation } from '../evidence.js';

const check = 'canaries';

/** No secret is kept or printed anywhere; and there were texts to look in, with the sign that something was hidden. */
export function checkCanaries({ canaries, texts }: Evidence): Violation[] {
  const names = Object.keys(canaries);
  if (names.length === 0) return [];
  const masked = [...texts.values()].some((text) => text.includes('***'));
  return [
    ...(masked ? [] : [{ check, expected: '*** where the secrets were', found: 'none: nothing was hidden' }]),
    ...[...texts].flatMap(([place, text]) =>
      names
        .filter((name) => holdsSecret(text, canaries[name]!))
        .map((name) => ({ check, expected: `${name} nowhere`, found: `it is in ${place}` })),
    ),
  ];
}
