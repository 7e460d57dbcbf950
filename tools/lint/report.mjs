/** Prints one line for each canary and says whether all were caught. */
export function reportCanaries(outcomes) {
  for (const { rule, says, fired } of outcomes) {
    const caught = fired.length === 1 && fired[0] === rule;
    console.log(
      caught ? `  ✓ ${rule}: ${says}` : `  ✗ ${rule}: ${says}; reported instead: ${fired.join(', ') || 'nothing'}`,
    );
  }
  return outcomes.every(({ rule, fired }) => fired.length === 1 && fired[0] === rule);
}

/** Every rule that is configured here by hand must have a canary: one without is not known to work. */
export function reportMissing(rules, canaries) {
  const missing = rules.filter((rule) => !canaries.some((canary) => canary.rule === rule));
  for (const rule of missing) console.log(`  ✗ ${rule}: has no canary`);
  return missing.length === 0;
}
