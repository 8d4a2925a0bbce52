import { SluiceError } from '#domain/errors.js';

/** Labelled changes that cannot be learnt from; says where and what to write instead. */
export function createDataError(message: string, hint: string): SluiceError {
  return new SluiceError({ code: 'risk-data-invalid', fault: 'user', message, hint });
}
