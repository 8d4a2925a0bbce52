import { SluiceError } from '#domain/errors.js';

/** The command line asks for something that cannot be done; exit code 2. */
export function usageError(message: string, hint: string): SluiceError {
  return new SluiceError({ code: 'usage', fault: 'user', message, hint });
}
