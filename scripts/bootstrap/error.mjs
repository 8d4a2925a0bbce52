/** A failure with a message made for people: printed as it is, without a stack. */
export class BootstrapError extends Error {}
