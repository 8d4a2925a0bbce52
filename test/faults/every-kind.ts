/** A definition that uses every kind of step, some seconds long, with work that can be cut almost everywhere. */
export const EVERY_KIND = `sluice: 1
name: every-kind
inputs: { n: { type: integer } }
defaults: { retry: { attempts: 2, delay: 100ms } }
stages:
  prepare:
    steps:
      numbers: { set: { list: [1, 2, 3] } }
      wait: { wait: 300ms }
      first:
        uses: command/run
        with: { run: [sh, -c, "sleep 0.4; echo $0", "\${{ string(inputs.n) }}"], outputLimit: 100 }
        locks: ["every-kind-\${{ inputs.n }}"]
      tell: { uses: log/write, with: { message: "begun \${{ inputs.n }}" } }
  work:
    steps:
      fan:
        forEach: { matrix: { a: "\${{ steps.numbers.output.list }}", b: [x, y] }, exclude: [{ a: 1, b: x }], as: cell, limit: 3 }
        steps:
          cell: { uses: command/run, with: { run: [sh, -c, "sleep 0.3; echo $0", "\${{ cell.b }}"], outputLimit: 100 } }
      side:
        needs: []
        parallel:
          branches:
            one: { steps: { slow: { uses: command/run, with: { run: [sleep, "0.8"] } } } }
            two: { steps: { heard: { waitFor: { event: "done-\${{ inputs.n }}" } } } }
      turns:
        needs: [fan]
        loop: { until: turn.index == 2 }
        steps:
          turn: { uses: command/run, with: { run: [sh, -c, "sleep 0.2; echo $0", "\${{ string(turn.index) }}"], outputLimit: 100 } }
      choose:
        switch:
          - if: inputs.n < 0
            steps: { never: { set: { a: 1 } } }
          - steps: { taken: { uses: command/run, with: { run: [sleep, "0.2"] } } }
      guarded:
        try:
          steps:
            bad: { raise: { error: test, message: On purpose. } }
          catch:
            - errors: [test]
              steps: { mend: { uses: command/run, with: { run: [sleep, "0.3"] } } }
          finally:
            steps: { tidy: { uses: log/write, with: { message: tidied } } }
      spread: { emit: { event: "done-\${{ inputs.n }}", data: { n: "\${{ inputs.n }}" } } }
  decide:
    steps:
      ask: { approval: { by: [approver] } }
      child: { workflow: { name: every-child, inputs: { n: "\${{ inputs.n }}" } } }
  undo:
    onFailure: continue
    steps:
      deploy:
        uses: command/run
        with: { run: [sleep, "0.3"] }
        compensate: { uses: command/run, with: { run: [sh, -c, "sleep 0.3; echo undone"], outputLimit: 100 } }
      after: { uses: command/run, with: { run: [sleep, "0.2"] } }
  last:
    steps:
      break: { raise: { error: test, message: Undo it. }, onFailure: rollback }
`;

export const EVERY_CHILD = `sluice: 1
name: every-child
inputs: { n: { type: integer } }
stages:
  main:
    steps:
      slow: { uses: command/run, with: { run: [sh, -c, "sleep 0.5"] } }
output: { n: "\${{ inputs.n }}" }
`;
