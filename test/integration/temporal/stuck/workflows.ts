/** Never ends its turn. */
export async function spin(): Promise<void> {
  for (;;);
}

export async function greet(name: string): Promise<string> {
  return `hello, ${name}`;
}
