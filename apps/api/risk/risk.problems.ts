import type { ProblemCode } from '../http/problem-code.js';

export const RISK_PROBLEMS = {
  'risk-assessment-not-found': {
    status: 404,
    title: 'There is no such assessment',
    cause: 'The project has no assessment of this id or of this commit, or it is not kept any longer.',
    cure: 'Look at the list of assessments, and write the full id of the commit.',
  },
  'risk-environment-not-found': {
    status: 404,
    title: 'There is no such environment',
    cause: 'Nothing was said of an environment of this name in the project.',
    cure: 'Look at the list of environments, or say what is known of it.',
  },
  'risk-environment-limit-reached': {
    status: 409,
    title: 'There are too many environments',
    cause: 'The project has as many environments as it may.',
    cure: 'Delete some that nobody needs.',
  },
  'risk-assessment-limit-reached': {
    status: 409,
    title: 'Too many assessments are open',
    cause: 'As many assessments of the project as may be are assessed again when the environment changes.',
    cure: 'Leave `openFor` out or make it shorter, or say what became of the changes.',
  },
  'risk-model-invalid': {
    status: 422,
    title: 'The model is not valid',
    cause: 'It is not what `npm run train:risk` wrote with this version of Sluice, or was changed or cut.',
    cure: 'Send the file unchanged, or make it anew.',
  },
} as const satisfies Record<string, ProblemCode>;
