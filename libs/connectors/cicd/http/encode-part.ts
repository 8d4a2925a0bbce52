import { createRefusal } from './refusal.js';

/**
 * One part of a path, whatever stands in it. Slashes are encoded too: to platforms `group/project` is one part.
 * Throws SluiceError `platform-not-found` for what a URL cannot hold as a part of its own.
 * @param subject what people are told of it: `project`
 */
export function encodePart(title: string, subject: string, part: string): string {
  // Of these, URLs make another path, encoded or not.
  const isUnfit = part === '' || part === '.' || part === '..' || part.length > MOST_CHARACTERS;
  if (isUnfit || !part.isWellFormed()) {
    const shown = JSON.stringify(part.slice(0, SHOWN_LENGTH).toWellFormed());
    throw createRefusal({ title, subject: `${subject} ${shown}`, status: 404, words: '' });
  }
  return encodeURIComponent(part);
}

const MOST_CHARACTERS = 1_000;
const SHOWN_LENGTH = 100;
