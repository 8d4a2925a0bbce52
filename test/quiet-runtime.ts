import { DefaultLogger, Runtime } from '@temporalio/worker';

/** Of all workers of this process: they tell of what went wrong, and of nothing else. */
Runtime.install({ logger: new DefaultLogger('ERROR') });
