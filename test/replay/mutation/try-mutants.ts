import { readBundle } from '../bundle.js';
import { readHistories, readLetters } from '../history-files.js';
import { findNotice } from '../notice.js';
import { type Mutant, mutate } from './mutants.js';

/** A process of its own, for a mutant may never come back. Is sent mutants, and answers each with what notices it. */
const code = readBundle();
const histories = readHistories();
const letters = readLetters();

process.on('message', async (mutant: Mutant) => {
  const answer = await findNotice(mutate(code, mutant), histories, letters).catch(() => ({
    by: 'replay',
    history: 'none: it does not load',
  }));
  process.send!(answer ?? null);
});
