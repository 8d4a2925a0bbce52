export const TASK_QUEUE = 'jobs';
