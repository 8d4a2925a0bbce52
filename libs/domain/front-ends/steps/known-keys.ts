/** As `normalizeKey` has them: about the document, its people and its picture, not about the run. */
export const DOCUMENTATION_KEYS: ReadonlySet<string> = new Set(
  (
    'author authors owner owners maintainer maintainers team teams tag tags label labels metadata meta annotations icon ' +
    'color colour position positions ui layout coordinates x y created updated modified createdat updatedat modifiedat ' +
    'createdby updatedby modifiedby lastmodified lastupdated category categories documentation docs doc note notes ' +
    'comment comments license copyright links homepage schema schemaversion namespace title displayname ' +
    'estimatedduration estimatedtime expectedduration averageduration revision changelog version apiversion uuid ' +
    'status state startedat completedat description summary help example examples references runbook'
  ).split(' '),
);

/** Of which the nearest is named where one is not known. */
export const KNOWN_KEYS: readonly string[] = (
  'name id description variables inputs steps timeout retry retryPolicy dependencies dependsOn condition onSuccess ' +
  'onFailure parallelGroups errorHandling command args script env cwd url method headers body expectedStatus duration ' +
  'until event approvers message items forEach branches then else parameters config continueOnError type'
).split(' ');
