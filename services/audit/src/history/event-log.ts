/** Token of the log as audit may see it: all of it to read, `audit_access` to append. */
export const EVENT_LOG = Symbol('EVENT_LOG');
