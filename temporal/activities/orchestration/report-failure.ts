import { toApplicationFailure } from '../application-failure.js';
import { describeFailure } from '../attempt-failure.js';

/** Work that is no step's attempt: what it throws reaches the interpreter in the form of an action's failure. */
export async function reportFailure<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toApplicationFailure(
      describeFailure(error, (text) => text),
      1,
    );
  }
}
