/** What the application is given from outside. */
export const CONFIGURATION = Symbol('Configuration');
export const DATA_SOURCE = Symbol('DataSource');
export const RUN_GATEWAY = Symbol('RunGateway');
export const LOGGER = Symbol('Logger');
export const TRACING = Symbol('Tracing');
export const PLATFORMS = Symbol('Platforms');
