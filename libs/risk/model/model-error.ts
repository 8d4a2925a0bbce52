import { SluiceError } from '#domain/errors.js';

export function createModelError(message: string): SluiceError {
  return new SluiceError({
    code: 'risk-model-invalid',
    fault: 'user',
    message,
    hint: 'Give a file that npm run train:risk wrote with this version of Sluice, unchanged; or make it anew.',
  });
}
