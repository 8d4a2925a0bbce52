/** Runs that take all they can get, each a definition that is legal and does no harm but this. */
const head = (name: string): string => `sluice: 1\nname: ${name}\nstages:\n  main:\n    steps:\n`;

const TURNS = 100_000;
const ITEMS = 10_000;
const BRANCHES = 2_000;
/** With what else the output holds just below 50 MiB of JSON. */
const OUTPUT_BYTES = 50 * 2 ** 20 - 1024;

/** Just below 100,000 evaluation steps. */
const SIDE = 195;
const COSTLY = `\${{ steps.list.output.all.map(x, steps.list.output.all.filter(y, y > x).size()).size() }}`;
const list = `      list: { set: { all: [${Array.from({ length: SIDE }, (_, n) => n).join(', ')}] } }\n`;
const items = `[${Array.from({ length: ITEMS }, (_, n) => n).join(', ')}]`;

export const POISONS: Readonly<Record<string, string>> = {
  'a loop of 100,000 turns': `${head('poison-loop')}      spin:
        loop: { max: ${TURNS}, until: "turn.index == ${TURNS - 1}" }
        steps: { count: { set: { n: "\${{ turn.index }}" } } }
`,
  'a loop of costly expressions': `${head('poison-costly-loop')}${list}      spin:
        loop: { max: 1000, until: "turn.index == 999" }
        steps: { cost: { set: { n: "${COSTLY}" } } }
`,
  'a list of steps with four costly expressions': `${head('poison-costly-list')}${list}      each:
        forEach: { in: [${Array.from({ length: 1_000 }, (_, n) => n).join(', ')}] }
        steps: { cost: { set: { a: "${COSTLY}", b: "${COSTLY}", c: "${COSTLY}", d: "${COSTLY}" } } }
`,
  'forEach of 10,000 set items': `${head('poison-items')}      each:
        forEach: { in: ${items} }
        steps: { keep: { set: { n: "\${{ item }}" } } }
`,
  'an output of 50 MiB': `${head('poison-output')}      flood:
        uses: command/run
        with:
          run: [sh, -c, 'head -c ${OUTPUT_BYTES} /dev/zero | tr "\\\\0" x']
          outputLimit: ${OUTPUT_BYTES}
`,
  '2,000 branches': `${head('poison-branches')}      fan:
        parallel:
          branches:
${Array.from({ length: BRANCHES }, (_, n) => `            b${n}: { steps: { s${n}: { uses: log/write, with: { message: x } } } }`).join('\n')}
`,
};
