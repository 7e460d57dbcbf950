/**
 * The greatest distance between the distributions of two samples, as a multiple of what chance exceeds once in a hundred times when
 * both are drawn from one distribution: above 1 they can be told apart. The two-sample Kolmogorov-Smirnov test with its asymptotic
 * critical value c(0.01) = 1.628 (N. Smirnov, "Table for estimating the goodness of fit of empirical distributions", 1948).
 */
export function apartness(first: readonly number[], second: readonly number[]): number {
  const [a, b] = [first, second].map((sample) => [...sample].sort((x, y) => x - y)) as [number[], number[]];
  let [inA, inB, greatest] = [0, 0, 0];
  for (const value of [...a, ...b].sort((x, y) => x - y)) {
    while (inA < a.length && (a[inA] ?? 0) <= value) inA += 1;
    while (inB < b.length && (b[inB] ?? 0) <= value) inB += 1;
    greatest = Math.max(greatest, Math.abs(inA / a.length - inB / b.length));
  }
  return greatest / (1.628 * Math.sqrt((a.length + b.length) / (a.length * b.length)));
}
