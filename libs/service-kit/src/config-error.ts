/** Names every variable that is missing or wrong, and the rule. Never prints a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
