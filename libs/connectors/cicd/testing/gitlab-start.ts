import type { InputValue } from '#contracts/cicd/execution.js';

/** The body of a request for a pipeline. */
export interface WantedStart {
  readonly ref: string;
  readonly variables?: readonly { readonly key: string; readonly value: string }[];
  readonly inputs?: Readonly<Record<string, InputValue>>;
}

interface Rules {
  readonly branches: readonly string[];
  readonly refusesVariables: boolean;
}

/** Why GitLab would not start it, in its own words. */
export function checkStart(wanted: WantedStart, { branches, refusesVariables }: Rules): string | undefined {
  const { ref, variables = [], inputs = {} } = wanted;
  if (!branches.includes(ref)) return 'Reference not found';
  if (refusesVariables && variables.length > 0) return 'Insufficient permissions to set pipeline variables';
  if (variables.some(({ key }) => !/^\w+$/.test(key)))
    return "Variables key can contain only letters, digits and '_'.";
  const unknown = Object.keys(inputs).filter(
    (name) => !['environment', 'replicas', 'sluice_key'].includes(name),
  );
  if (unknown.length > 0)
    return `Given inputs not defined in the \`spec\` section of the included configuration file: ${unknown}`;
  const { environment = 'staging', replicas = 1 } = inputs;
  if (environment !== 'staging' && environment !== 'production')
    return `\`environment\` input: \`${environment}\` cannot be used because it is not in the list of allowed options`;
  return typeof replicas === 'number' ? undefined : '`replicas` input: provided value is not a number';
}
