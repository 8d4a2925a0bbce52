/** The type that the engine gives its errors. */
const OWN = 'https://open-workflow-specification.org/dsl/errors/types/';

/** Where the standard, under both of its names, has said that its own types of errors are described. */
const KNOWN =
  /^https?:\/\/(?:www\.)?(?:open-workflow-specification\.org|serverlessworkflow\.io)\/(?:spec\/[\w.-]+\/errors|dsl\/errors\/types|errors\/types|errors)\/(configuration|validation|expression|authentication|authorization|timeout|communication|runtime)$/;

/** The type as written, and as the engine writes it. */
export function spellingsOf(type: string): readonly string[] {
  const name = KNOWN.exec(type)?.[1];
  return name === undefined || type === OWN + name ? [type] : [type, OWN + name];
}
