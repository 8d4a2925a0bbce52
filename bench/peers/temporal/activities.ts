/** The work of a step. */
export async function act(name: string): Promise<string> {
  return name;
}
