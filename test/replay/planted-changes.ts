/** A change of the interpreter or its engine that must not pass: in the bundle, `from` is replaced by `to`. */
export interface PlantedChange {
  readonly what: string;
  readonly module: string;
  readonly from: string;
  readonly to: string;
  /** By what the gate notices it. */
  readonly noticed: 'replay' | 'letters' | 'prefixes';
}

export const PLANTED_CHANGES: readonly PlantedChange[] = [
  {
    what: 'decisions are commanded in the opposite order',
    module: 'temporal/workflows/interpret.js',
    from: 'of decision.commands)',
    to: 'of decision.commands.toReversed())',
    noticed: 'replay',
  },
  {
    what: 'one timer more',
    module: 'temporal/workflows/timers.js',
    from: '.run(() => ',
    to: '.run(() => (0,_temporalio_workflow__WEBPACK_IMPORTED_MODULE_0__.sleep)(1).catch(() => {}) && ',
    noticed: 'replay',
  },
  {
    what: 'an activity is called by another id',
    module: 'temporal/workflows/action-options.js',
    from: '? step :',
    to: "? step + '!' :",
    noticed: 'replay',
  },
  {
    what: 'claims are given back before the step is over',
    module: 'libs/domain/execution/claims.js',
    from: "type: 'acquire-claims'",
    to: "type: 'release-claims'",
    noticed: 'replay',
  },
  {
    what: 'a run goes over to another execution although the server did not suggest it',
    module: 'temporal/workflows/hand-over.js',
    from: "return continueAsNewSuggested ? 'little' : 'enough';",
    to: "return 'little';",
    noticed: 'replay',
  },
  {
    what: 'runs begun before a patch do as it says',
    module: 'temporal/workflows/workspace-placement.js',
    from: 'const isFirst = ',
    to: 'const isFirst = this.current === before && ',
    noticed: 'replay',
  },
  {
    what: 'a patch leaves no marker',
    module: 'temporal/workflows/workspace-placement.js',
    from: 'const isFirst = ',
    to: 'const isFirst = this.current === before || ',
    noticed: 'replay',
  },
  {
    what: 'an action is tried once only',
    module: 'temporal/workflows/action-options.js',
    from: 'maximumAttempts: attempts,',
    to: 'maximumAttempts: 1,',
    noticed: 'letters',
  },
  {
    what: 'an action has no time limit',
    module: 'temporal/workflows/action-options.js',
    from: 'startToCloseTimeout: limitOf(node),',
    to: "startToCloseTimeout: '365 days',",
    noticed: 'letters',
  },
  {
    what: 'what an action is called by is not the same at each attempt',
    module: 'temporal/workflows/action-dispatch.js',
    from: 'idempotencyKey: `${run.id}/${step}`',
    to: 'idempotencyKey: `${run.id}/${step}/${before.attempts}`',
    noticed: 'letters',
  },
  {
    what: 'a transition is not told',
    module: 'temporal/workflows/projection.js',
    from: 'this.transitions.push(transition)',
    to: "transition.status === 'running' || this.transitions.push(transition)",
    noticed: 'letters',
  },
  {
    what: 'what is decided depends on whether it is a replay',
    module: 'temporal/workflows/timers.js',
    from: 'sleep)(ms,',
    to: 'sleep)((0,_temporalio_workflow__WEBPACK_IMPORTED_MODULE_0__.workflowInfo)().unsafe.isReplaying ? ms : ms + 1,',
    noticed: 'prefixes',
  },
];

/** @throws where the bundle does not hold what is to be changed */
export function plant(code: string, { module, from, to }: PlantedChange): string {
  const head = code.indexOf(`/***/ "./dist/${module}"`);
  const at = code.indexOf(from, head);
  if (head === -1 || at === -1 || at > code.indexOf('\n/***/ }', head))
    throw new Error(`${module} does not say ${from}`);
  return code.slice(0, at) + to + code.slice(at + from.length);
}
