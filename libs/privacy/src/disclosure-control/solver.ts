import highs, { type Highs } from 'highs';

/** A solver of one's own for each family: nothing is kept between calls. */
export async function loadSolver(): Promise<Highs> {
  if (!isLoader(highs)) throw new TypeError('the solver "highs" does not export its loader');
  return highs();
}

// Its types describe the CommonJS build, where the loader is the property `default`; the ES module exports it directly.
function isLoader(loader: unknown): loader is typeof highs.default {
  return typeof loader === 'function';
}
