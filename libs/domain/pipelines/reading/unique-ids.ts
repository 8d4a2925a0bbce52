/** Gives each name an id that no other has: the name itself, or with the number of its use behind it. */
export class UniqueIds {
  private readonly counts = new Map<string, number>();
  private readonly given = new Set<string>();

  constructor(private readonly number: (name: string, count: number) => string) {}

  of(name: string): string {
    let count = this.counts.get(name) ?? 0;
    let id: string;
    do id = ++count === 1 ? name : this.number(name, count);
    while (this.given.has(id));
    this.counts.set(name, count);
    this.given.add(id);
    return id;
  }
}
