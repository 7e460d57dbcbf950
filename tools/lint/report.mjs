const isCaught = ({ rule, fired }) => fired.length === 1 && fired[0] === rule;

/** Prints a line for each canary and says whether every one was reported by its rule and no other. */
export function reportCanaries(outcomes) {
  for (const outcome of outcomes) {
    const { rule, says, fired } = outcome;
    const instead = isCaught(outcome) ? '' : `; reported instead: ${fired.join(', ') || 'nothing'}`;
    console.log(`  ${isCaught(outcome) ? '✓' : '✗'} ${rule}: ${says}${instead}`);
  }
  return outcomes.every(isCaught);
}
