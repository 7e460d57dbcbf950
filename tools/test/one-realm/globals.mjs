// In place of `@jest/globals`, for a spec and its fixtures: evaluated anew with each of them.
import holder from './current-globals.cjs';

export const { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test } = holder.current;
