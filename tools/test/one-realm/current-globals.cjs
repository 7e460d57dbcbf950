/** What `@jest/globals` is for the spec that runs: every one has its own. */
module.exports = { current: undefined };
