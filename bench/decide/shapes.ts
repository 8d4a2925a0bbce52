/** A definition that comes to so many actions. */
export interface Shape {
  readonly name: string;
  write(steps: number): string;
}

const ACT = 'uses: log/write, with: { message: x }';

function withSteps(...lines: readonly string[]): string {
  return `sluice: 1\nname: x\nstages:\n  main:\n    steps:\n${lines.map((line) => `      ${line}\n`).join('')}`;
}

const times = (count: number, write: (n: number) => string): string[] =>
  Array.from({ length: count }, (_, n) => write(n));

export const SHAPES: readonly Shape[] = [
  { name: 'a chain', write: (steps) => withSteps(...times(steps, (n) => `s${n}: { ${ACT} }`)) },
  {
    name: 'side by side',
    write: (steps) => withSteps(...times(steps, (n) => `s${n}: { needs: [], ${ACT} }`)),
  },
  {
    name: 'each reads the one above',
    write: (steps) =>
      withSteps(
        `s0: { ${ACT} }`,
        ...times(
          steps - 1,
          (n) => `s${n + 1}: { uses: log/write, with: { message: "\${{ steps.s${n}.output.n }}" } }`,
        ),
      ),
  },
  {
    name: 'forEach',
    write: (steps) =>
      withSteps(`l: { forEach: { in: [${times(steps, String).join(',')}] }, steps: { a: { ${ACT} } } }`),
  },
  {
    name: 'forEach, 100 at once',
    write: (steps) =>
      withSteps(
        `l: { forEach: { in: [${times(steps, String).join(',')}], limit: 100 }, steps: { a: { ${ACT} } } }`,
      ),
  },
  {
    name: 'branches of ten',
    write: (steps) =>
      withSteps(
        'p:',
        '  parallel:',
        '    branches:',
        ...times(
          Math.floor((steps - 1) / 10),
          (n) => `      b${n}: { steps: { ${times(10, (m) => `s${n}-${m}: { ${ACT} }`).join(', ')} } }`,
        ),
      ),
  },
  {
    name: 'loops in branches in choices',
    write: (steps) =>
      withSteps(
        ...times(
          steps / 10,
          (n) =>
            `c${n}: { switch: [{ steps: { p${n}: { parallel: { branches: { b${n}: { steps: { l${n}: { forEach: { in: [1, 2, 3, 4, 5] }, steps: { x${n}: { ${ACT} }, y${n}: { ${ACT} } } } } } } } } } }] }`,
        ),
      ),
  },
];
