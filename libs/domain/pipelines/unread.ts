import type { Place } from './pipeline.js';

/** Why something of a file was not read; docs/pipelines.md holds the same set. */
export const UNREAD_CODES = {
  'text-too-large': 'The file has more than 512 KiB.',
  'text-absent': 'The file could not be read from the repository.',
  'syntax-wrong': 'The text breaks the rules of YAML or Groovy.',
  'nesting-too-deep': 'It nests more than 100 deep.',
  'expansion-too-large':
    'Aliases, templates and includes repeat so much that it was given up after 400,000 values.',
  'jobs-too-many': 'A pipeline has more than 2,000 jobs; the rest was left out.',
  'reference-circular': 'It includes, extends, calls or refers to itself.',
  'reference-missing': 'It names a file or a job that is not there.',
  'reference-remote': 'It lies in another repository, where nothing was looked up.',
  'needs-circular': 'Jobs wait for each other, so the platform would refuse the pipeline.',
  'made-at-run-time': 'Code or another pipeline makes it at run time.',
  'key-unknown': 'The platform knows no such key here.',
  'shape-unexpected': 'It is not of the shape that the platform asks for.',
  'notes-omitted': 'More than 500 things were not read; the rest is not told.',
} as const satisfies Readonly<Record<string, string>>;

export type UnreadCode = keyof typeof UNREAD_CODES;

/** Something of a file that was not read. */
export interface Unread {
  readonly code: UnreadCode;
  readonly place: Place;
  readonly message: string;
}

/** Ends the reading of one file. */
export class Refusal extends Error {
  constructor(
    readonly code: UnreadCode,
    readonly place: Place,
    message: string = UNREAD_CODES[code],
  ) {
    super(message);
  }
}
