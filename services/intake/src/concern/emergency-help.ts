/** What somebody can do now, whatever becomes of their concern: true with nobody looking. */
export const helpNow =
  'If you are in danger now, go to a safe place if you can and call your local emergency number or field security. If you need a doctor, go now: some treatment works only within 72 hours.';

/** With what becomes of the concern. It says nothing that does not happen: nobody is called yet, the concern waits in the queue. */
export const emergencyHelp = `${helpNow} Nobody has been called for you: your concern stands among the first in the queue, and an officer is to answer you here by the time that is given. Do not wait for that.`;
