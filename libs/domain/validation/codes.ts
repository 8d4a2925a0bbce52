/** Every code that a finding may carry, with its cause and cure; the reference in docs holds the same set. */
export const FINDING_CODES = {
  // The text
  'text-too-large': {
    cause: 'The definition is larger than 1 MiB.',
    cure: 'Move large values into inputs, files or a repository, or split the definition.',
  },
  'text-unprintable': {
    cause: 'A text holds a NUL character or half of a surrogate pair, which no store keeps.',
    cure: 'Remove the character.',
  },
  'yaml-syntax': {
    cause: 'The text is neither YAML 1.2 nor JSON.',
    cure: 'Correct the text at the position given; look for a missing quote, colon or indentation.',
  },
  'yaml-version': { cause: 'The text asks for another version of YAML.', cure: 'Remove the `%YAML` line.' },
  'document-second': {
    cause: 'The text holds more than one YAML document.',
    cure: 'Send one definition per text; remove what stands after `---`.',
  },
  'tag-unsupported': {
    cause: 'A value carries a YAML tag.',
    cure: 'Remove the tag; quote the value to make it text.',
  },
  'merge-key-unsupported': {
    cause: 'A map uses the merge key `<<`.',
    cure: 'Write the keys out, or use an alias for the whole value.',
  },
  'alias-unknown': {
    cause: 'An alias names an anchor that does not stand above it.',
    cure: 'Define the anchor first.',
  },
  'alias-recursive': { cause: 'An alias stands inside its own anchor.', cure: 'Write the value out.' },
  'alias-expansion': {
    cause: 'Aliases repeat more than 10,000 values.',
    cure: 'Use a forEach step, or fewer aliases.',
  },
  'key-duplicate': { cause: 'A map holds the same key twice.', cure: 'Remove or rename one of them.' },
  'key-not-text': { cause: 'A key is not text.', cure: 'Put the key in quotes.' },
  'key-forbidden': {
    cause: 'A key is `__proto__`, `constructor` or `prototype`.',
    cure: 'Choose another key.',
  },
  'number-out-of-range': {
    cause: 'A number is not finite, or is a whole number beyond ±(2^53 − 1), which would lose digits.',
    cure: 'Put it in quotes, as text.',
  },
  'tree-too-deep': { cause: 'Maps and lists nest more than 256 deep.', cure: 'Flatten the value.' },
  'findings-omitted': {
    cause: 'There are more than 500 findings.',
    cure: 'Correct those shown; the others come next.',
  },

  // The shape
  'definition-not-a-map': {
    cause: 'The text is empty, or is not a map at its top.',
    cure: 'Begin with `sluice: 1`, `name:` and `stages:`.',
  },
  'version-unsupported': { cause: '`sluice` is not 1.', cure: 'Write `sluice: 1`.' },
  'key-missing': { cause: 'A required key is missing.', cure: 'Add the key.' },
  'key-unknown': {
    cause: 'A key has no meaning where it stands.',
    cure: 'Use the key suggested, move it where it belongs, or remove it.',
  },
  'type-mismatch': { cause: 'A value has the wrong type.', cure: 'Write a value of the type named.' },
  'value-out-of-range': {
    cause: 'A number or text is outside its limits.',
    cure: 'Choose a value within the limits.',
  },
  'value-not-allowed': {
    cause: 'A value is none of those allowed.',
    cure: 'Choose one of the values listed.',
  },
  'block-empty': { cause: 'A block holds nothing to do.', cure: 'Add a step, or remove the block.' },
  'id-invalid': {
    cause:
      'The name of a definition, stage, step, branch, workflow or pool has another form than `[a-z][a-z0-9-]*`, or is too long.',
    cure: 'Use lower-case letters, digits and dashes, a letter first, at most 100 characters.',
  },
  'id-duplicate': {
    cause: 'Two stages or steps have the same id.',
    cure: 'Rename one of them: ids are unique in the whole definition.',
  },
  'identifier-invalid': {
    cause:
      'The name of an input, a secret, a list of a matrix or a variable has another form than `[A-Za-z_][A-Za-z0-9_]*`.',
    cure: 'Use letters, digits and underscores, no digit first.',
  },
  'loop-variable-taken': {
    cause: 'A variable has the name of something already in scope, or of a type or word of CEL.',
    cure: 'Choose another name after `as`.',
  },
  'duration-invalid': {
    cause: 'A duration cannot be read, is zero where that means nothing, or is longer than 366 days.',
    cure: 'Write `500ms`, `10s`, `5m`, `2h`, `1d`, or ISO 8601 such as `PT1H30M`.',
  },
  'size-invalid': {
    cause: 'An amount of memory or disk cannot be read, is zero, or is more than 1 PiB.',
    cure: 'Write bytes, or `512MiB`, `2GiB`, `1GB`.',
  },
  'moment-invalid': {
    cause: 'A moment is not in the form of RFC 3339.',
    cure: 'Write `2030-01-31T08:00:00Z`, or with an offset, `2030-01-31T09:00:00+01:00`.',
  },
  'step-kind-missing': { cause: 'A step does not say what it does.', cure: 'Add one of the kinds of step.' },
  'step-kind-ambiguous': {
    cause: 'A step is of two kinds at once.',
    cure: 'Keep one, and make a step of the other.',
  },
  'switch-default-not-last': {
    cause: 'A case without `if` stands above others, which could never be chosen.',
    cure: 'Move it to the end, or give it an `if`.',
  },
  'catch-unreachable': {
    cause: 'The catches above take every error that this one names.',
    cure: 'Move it up, remove it, or name other errors.',
  },
  'error-name-invalid': {
    cause: 'A catch names what is neither a class of errors nor has the form of a code.',
    cure: 'Use a class (`timeout`) or the code of an error (`http-status`).',
  },
  'loop-endless': {
    cause: 'A loop has neither `while` nor `until`.',
    cure: 'Add one of them.',
  },
  'quorum-too-large': {
    cause: 'More must succeed, or approve, than there are.',
    cure: 'Lower `quorum`, or add branches, items or people.',
  },
  'matrix-too-large': {
    cause: 'The lists of a matrix make more than 10,000 combinations.',
    cure: 'Shorten the lists, or nest two forEach steps.',
  },
  'lock-duplicate': { cause: '`locks` names the same lock twice.', cure: 'Remove one.' },
  'claims-nested': {
    cause:
      'A step that has `locks` or `resources` holds another that has some, or calls a workflow, whose steps may have some.',
    cure: 'Claim all at once, in the outermost step, or only in the inner ones.',
  },
  'steps-too-many': {
    cause: 'There are more than 10,000 steps.',
    cure: 'Use forEach, or split the definition.',
  },
  'nesting-too-deep': { cause: 'Steps nest more than 32 deep.', cure: 'Flatten the steps.' },

  // Order
  'needs-unknown': {
    cause: '`needs` names something that does not stand beside the node.',
    cure: 'Name stages from a stage, and steps of the same block from a step.',
  },
  'needs-self': { cause: 'A node needs itself.', cure: 'Remove it from `needs`.' },
  'needs-duplicate': { cause: '`needs` names the same node twice.', cure: 'Remove one.' },
  'needs-cycle': {
    cause: 'Nodes wait for one another, so that none could ever start.',
    cure: 'Remove one `needs` of the circle shown.',
  },

  // Actions, inputs and other workflows
  'action-unknown': { cause: 'The catalogue has no such action.', cure: 'Use an action of the catalogue.' },
  'action-input-invalid': {
    cause: '`with` does not fit what the action takes.',
    cure: "Correct the value as the message says; the catalogue shows the action's input.",
  },
  'workflow-unknown': {
    cause: 'A step calls a workflow, or a version of one, that the project does not have.',
    cure: 'Save that workflow first, or correct the name or version.',
  },
  'workflow-version-unpublished': {
    cause:
      'A step calls a workflow by a semantic version that was not published, or by an alias that is not set.',
    cure: 'Publish that version or set the alias first, or name a version by its number.',
  },
  'input-schema-invalid': {
    cause: 'An input is not described by a valid JSON Schema (2020-12).',
    cure: 'Correct the schema, for example `{ type: string, default: main }`.',
  },
  'input-schema-reference': {
    cause: 'The schema of an input refers to something outside itself, to itself, or to nothing.',
    cure: 'Use `$ref` only as `#/$defs/…` of the same schema, without a circle.',
  },
  'input-default-invalid': {
    cause: 'The default of an input does not fit its schema.',
    cure: 'Correct one of the two.',
  },
  'output-schema-invalid': {
    cause: 'The `output` of a step is no valid JSON Schema (2020-12).',
    cure: 'Correct the schema, for example `{ type: object, required: [version] }`.',
  },
  'output-schema-reference': {
    cause: 'The schema of an output refers to something outside itself, to itself, or to nothing.',
    cure: 'Use `$ref` only as `#/$defs/…` of the same schema, without a circle.',
  },
  'inputs-too-complex': {
    cause:
      'All inputs together hold more than 500 schemas, or a default is too large for the patterns it must match.',
    cure: 'Describe large inputs less deeply, or pass them as one object.',
  },
  'step-schemas-too-complex': {
    cause: 'The schemas of outputs and of inputs of approvals together hold more than 500 schemas.',
    cure: 'Describe fewer of them, or less deeply.',
  },
  'secrets-not-taken': {
    cause: 'An action is handed secrets and takes none.',
    cure: "Remove `secrets`; the action's own inputs may refer to secrets.",
  },
  'secret-reference-invalid': {
    cause: 'A secret is none of `env:NAME`, `file:/absolute/path` and `vault:mount/path#field`.',
    cure: 'Write a reference, without expressions; the worker resolves it.',
  },

  // Expressions
  'expression-invalid': {
    cause: 'An expression is not valid CEL or, in a definition of the Open Workflow Specification, jq.',
    cure: 'Correct it at the position given.',
  },
  'expression-too-long': {
    cause: 'An expression is longer than 4 KiB.',
    cure: 'Compute parts of it in `set` steps above.',
  },
  'template-invalid': {
    cause: 'A `${{` has no end, or stands in a key.',
    cure: 'Write `${{ expression }}`, and `$${{` for the characters themselves.',
  },
  'condition-in-template': {
    cause: 'A condition stands inside `${{ }}`.',
    cure: 'Write the bare expression: `if: inputs.service == "api"`.',
  },
  'status-outside-if': {
    cause: '`failed()`, `always()` or `succeeded()` is used elsewhere than in the `if` of a stage or step.',
    cure: "Move it to the `if` of the step, or read another step's outcome: `steps.<id>.status`.",
  },
  'reference-unknown-input': {
    cause: 'An expression names an input that is not declared.',
    cure: 'Declare it under `inputs`.',
  },
  'reference-unknown-step': {
    cause: 'An expression names a step that does not exist.',
    cure: 'Use the id of a step.',
  },
  'reference-unknown-name': {
    cause: 'An expression uses a name that is not in scope.',
    cure: 'In scope are `inputs`, `steps`, `run` and the variables of the steps around.',
  },
  'reference-dynamic-step': {
    cause: 'An expression chooses a step at run time, so its order cannot be checked.',
    cure: 'Name the step: `steps.<id>` or `steps["<id>"]`.',
  },
  'reference-not-ordered': {
    cause: 'An expression reads a step that need not be over by then.',
    cure: 'Add that step to `needs`, or move the expression to a later step.',
  },
  'reference-into-loop': {
    cause: 'An expression outside a forEach or a loop reads a step inside it, which runs many times.',
    cure: 'Read the output of the whole: `steps.<forEach>.output[i].<step>`, `steps.<loop>.output.<step>`.',
  },

  // Templates
  'template-too-large': {
    cause: 'The text of a template is larger than 256 KiB.',
    cure: 'Split the template, or move large values into inputs, files or a repository.',
  },
  'template-not-a-map': {
    cause: 'The text of a template is empty, or is not a map at its top.',
    cure: 'Begin with `template: 1`, `name:`, `variables:` and `definition:`.',
  },
  'template-version-unsupported': { cause: '`template` is not 1.', cure: 'Write `template: 1`.' },
  'template-placeholder-invalid': {
    cause: 'A `$[[` has no end, or holds something other than may stand there.',
    cure: 'Write `$[[ name ]]`; as a key `$[[ if name ]]`, `$[[ each item in name ]]`; and `$$[[` for the characters themselves.',
  },
  'template-variable-unknown': {
    cause: 'A place is left open for a variable that the template does not declare.',
    cure: 'Declare it under `variables`, or use the name suggested.',
  },
  'template-variable-type': {
    cause: 'A variable has no type, or is of one that cannot stand where it is used.',
    cure: 'Let lists and maps stand as whole values, maps within data such as `with` only; `if` takes a boolean, `each` an array.',
  },
  'template-variable-in-expression': {
    cause: 'A variable stands inside an expression, which its value would become a part of.',
    cure: 'Give the definition an input whose `default` is the variable, and read `inputs.<name>`.',
  },
  'template-key-invalid': {
    cause: 'With the values given, a key becomes something other than a plain word.',
    cure: 'Give values of letters, digits, dashes and underscores, a letter first.',
  },
  'template-key-duplicate': {
    cause: 'With the values given, a map holds the same key twice.',
    cure: 'Give values that differ from one another.',
  },
  'template-result-too-large': {
    cause: 'With the values given, the definition becomes larger than any may be.',
    cure: 'Use shorter lists and texts, or a `forEach` step.',
  },
  // Tests of definitions
  'tests-too-many': { cause: 'A file holds more than 1,000 tests.', cure: 'Write several files.' },
  'test-name-duplicate': { cause: 'Two tests of a file have the same name.', cure: 'Rename one of them.' },
  'mock-unknown': {
    cause: 'A test mocks a step or an action that does not exist.',
    cure: 'Use the id of a step, one turn of it as `deploy[2]`, or the name of an action.',
  },
  'mock-needless': {
    cause: 'A test mocks a step that does nothing outside: it is done, not mocked.',
    cure: 'Mock steps with `uses` or `workflow`; decide approvals by `answers`, send events by `events`.',
  },
  'answer-misplaced': {
    cause: 'A test has an answer for a step that asks nobody.',
    cure: 'Name an approval, or a step with `onFailure: intervene`.',
  },
  // What is taken over from elsewhere
  'format-unknown': {
    cause: 'A file that is to be imported is in no language that is read.',
    cure: 'Write it as a list of steps or as a definition; `--format` says which it is meant to be.',
  },
  'encoding-unsupported': {
    cause: 'A file that is to be imported is no text in UTF-8.',
    cure: 'Save it in UTF-8.',
  },
  'link-outside': {
    cause: 'A symbolic link in a folder that is imported leads out of it, or nowhere.',
    cure: 'Name the file itself.',
  },
  'name-taken': {
    cause: 'Two workflows that are imported together have the same name, or a file of that name is there.',
    cure: 'Rename one of them; `sluice import --force` overwrites files.',
  },
  'steps-key-unknown': {
    cause: 'A key of a list of steps is not known, or has no meaning where it stands.',
    cure: 'Say it by another key, or remove it; `sluice import --leave-out KEY` takes the document over without it.',
  },
  'steps-value-unknown': {
    cause: 'A value in a list of steps is not understood: a duration, a number, a word.',
    cure: 'Write it as the hint says.',
  },
  'steps-expression-unknown': {
    cause: 'A condition, or what stands in `{{ }}` or `${ }`, has no counterpart in expressions.',
    cure: 'Write it with variables, results of steps, comparisons, `&&`, `||` and `!`.',
  },
  'steps-step-unknown': {
    cause: 'A list of steps refers to a step that it does not have, or that stands in another block.',
    cure: 'Name a step that stands beside this one.',
  },
  'steps-id-duplicate': {
    cause: 'Two steps of a list have the same id.',
    cure: 'Give each step an id of its own.',
  },
  'steps-kind-unknown': {
    cause: 'The type of a step is not known, or the step does not say what it does.',
    cure: 'Use one of the types listed in docs/import.md.',
  },
  'steps-not-kept': {
    cause: 'A list of steps asks for something that would lose its meaning here.',
    cure: 'Change it as the hint says; `sluice import --leave-out KEY` takes the document over without it.',
  },
  'export-unsupported': {
    cause: 'A definition that is to be exported asks for something that the other language has no words for.',
    cure: 'Change it as the hint says, or keep the definition in the language it is in.',
  },
  'export-not-kept': {
    cause: 'A definition that is to be exported would mean something else when it is read again.',
    cure: 'Write that part in simpler terms, or keep the definition in the language it is in.',
  },
  // The Open Workflow Specification
  'open-workflow-version': {
    cause:
      'A definition of the Open Workflow Specification is written in another version of its language than DSL 1.0.',
    cure: "Write it in DSL 1.0: `document: { dsl: '1.0.3', … }` and `do`.",
  },
  'open-workflow-invalid': {
    cause: "A part of a definition does not fit the standard's own schema.",
    cure: 'Correct the part as the message says.',
  },
  'open-workflow-reference': {
    cause:
      'A `then` names no task of its list, a name is not defined under `use`, or a function calls itself.',
    cure: 'Correct the name, or define what it names.',
  },
  'open-workflow-call': {
    cause: 'A task calls `grpc`, `asyncapi`, `a2a` or `mcp`.',
    cure: 'Use `call: http`, `call: openapi` or `run: shell`.',
  },
  'open-workflow-container': {
    cause: 'A task runs a container.',
    cure: 'Use `run: shell` on a worker that has the tools.',
  },
  'open-workflow-extension': {
    cause: 'A definition has extensions.',
    cure: 'Write their tasks where they belong.',
  },
  'open-workflow-schedule': {
    cause: 'A definition says itself when it is started.',
    cure: 'Remove `schedule`, and start runs through the API.',
  },
  'open-workflow-catalog': {
    cause: 'A definition takes functions from a catalog, which would be fetched from elsewhere.',
    cure: 'Define the functions under `use.functions`.',
  },
  'open-workflow-authentication': {
    cause: 'A call authenticates in a way that is not supported.',
    cure: 'Use `basic` or `bearer`.',
  },
  'open-workflow-secret': {
    cause: 'A secret would become part of the history of a run, or is not declared.',
    cure: 'Declare it under `use.secrets`, and hand it over by `authentication: { bearer: { use: name } }`.',
  },
  'open-workflow-unsupported': {
    cause: 'A definition uses a part of the standard that is not supported.',
    cure: 'Write it as the hint of the finding says.',
  },
  // Gates
  'gate-too-large': {
    cause: 'The text of a gate is larger than 256 KiB.',
    cure: 'Split the gate.',
  },
  'gate-not-a-map': {
    cause: 'The text of a gate, or of its metrics, is empty, or is not a map at its top.',
    cure: 'Begin a gate with `gate: 1`, `name:` and `criteria:`, and metrics with the name of the first.',
  },
  'gate-version-unsupported': {
    cause: '`gate` is not 1, or the `spec_version` of a file of objectives is not 1.0.',
    cure: "Write `gate: 1`, or `spec_version: '1.0'`.",
  },
  'criterion-duplicate': {
    cause: 'Two criteria of a gate have the same name.',
    cure: 'Give one of them another `name`.',
  },
  'criterion-kind-missing': {
    cause: 'A criterion does not say what it asks for.',
    cure: 'Add `pass`, `statistical`, `trend` or `policy`.',
  },
  'criterion-kind-ambiguous': {
    cause: 'A criterion is of two kinds at once, or has a key that its kind does not take.',
    cure: 'Keep one, and make a criterion of the other.',
  },
  'condition-invalid': {
    cause: 'A condition of a criterion cannot be read.',
    cure: 'Write `<= 300ms`, `>= 80%`, `= 0`, or against earlier runs `<= +10%`, `<= +5ms`.',
  },
  'condition-units': {
    cause: 'The conditions of one criterion have units that cannot be compared.',
    cure: 'Use units of one kind: times, sizes, or percent.',
  },
  'condition-unreachable': {
    cause: 'The limit of a warning, or the floor of a limit that is learnt, is stricter than that of a pass.',
    cure: 'Make it looser than `pass`, or remove it.',
  },
  'weights-zero': {
    cause: 'All criteria of a gate have the weight 0, and none is a key criterion: nothing could ever fail.',
    cure: 'Give a criterion a weight, or make it a key criterion: `key: true`.',
  },
  'measurement-invalid': {
    cause: 'A metric has no number, or both one number and samples.',
    cure: 'Write a number, a list of samples, or `{ value: 12, unit: ms }`.',
  },
} as const satisfies Record<string, { readonly cause: string; readonly cure: string }>;

export type FindingCode = keyof typeof FINDING_CODES;
