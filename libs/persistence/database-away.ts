/** Codes of the system and of Postgres (SQLSTATE) that say: the server cannot be reached or asked now. */
const AWAY =
  /^(E(CONNREFUSED|CONNRESET|PIPE|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH|TIMEDOUT)|08...|53[0-9]{3}|57P0[1-5])$/;
/** What the driver throws without a code; and TypeORM, where a connection was lost between two queries of a transaction. */
const AWAY_MESSAGES =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error|Driver not Connected|Client was closed|Query runner already released|Database connection provided by a query runner was already released)/;

/** Codes by which Postgres ends a statement that has run, or waited for others, for too long. */
const TOO_LONG = new Set(['57014', '55P03', '40P01']);

/** Whether a query was ended because it took too long, by itself or by what others did. */
export function isTakingTooLong(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, driverError } = error as { code?: unknown; driverError?: { code?: unknown } };
  return TOO_LONG.has(String(code ?? driverError?.code));
}

/** Whether an error of a query means that the database was away, not that the query was wrong. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, driverError, errors } = error as { code?: unknown; driverError?: unknown; errors?: unknown };
  if (typeof code === 'string' && AWAY.test(code)) return true;
  if (AWAY_MESSAGES.test(error.message)) return true;
  if (Array.isArray(errors)) return errors.some(isDatabaseAway);
  return driverError !== undefined && driverError !== error && isDatabaseAway(driverError);
}
