/** Names every variable that is missing or wrong, and the rule. Never prints a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** The variable may be right: what it leads to does not answer, or not to this role. */
export class CannotReach extends ConfigError {}
