/** Every route with the id of a case, with a body that it takes. */
export const routesOfCase: readonly (readonly ['GET' | 'POST', string, object])[] = [
  ['GET', '', {}],
  ['GET', '/notes', {}],
  ['POST', '/stage', { stage: 'assessment' }],
  ['POST', '/officer', { officerId: 'kwame' }],
  ['POST', '/team-members', { staffId: 'kwame' }],
  ['POST', '/team-members/kwame/removal', {}],
  ['POST', '/closure', { closureReason: 'needs_met', noFinalRiskBecause: 'Never assessed.' }],
  ['POST', '/reopening', { reason: 'Again.' }],
  ['POST', '/recusal', { reason: 'We share an office.' }],
];
