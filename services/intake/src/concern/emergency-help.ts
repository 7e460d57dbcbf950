import { type Language, languages } from '@waymark/contracts';
import type { Account } from './domain/account.js';
import type { Concern } from './domain/concern.state.js';

/** What somebody can do now, whatever becomes of their concern: true with nobody looking. */
const now: Readonly<Record<Language, string>> = {
  en: 'If you are in danger now, go to a safe place if you can and call your local emergency number or field security. If you need a doctor, go now: some treatment works only within 72 hours.',
  fr: 'Si vous êtes en danger maintenant, mettez-vous en lieu sûr si vous le pouvez et appelez le numéro d’urgence local ou la sécurité sur le terrain. Si vous avez besoin d’un médecin, allez-y maintenant : certains traitements n’agissent que dans les 72 heures.',
  es: 'Si está en peligro ahora, vaya a un lugar seguro si puede y llame al número de emergencia local o a la seguridad sobre el terreno. Si necesita atención médica, vaya ahora: algunos tratamientos solo sirven en las primeras 72 horas.',
  ar: 'إن كنت في خطر الآن فاذهب إلى مكان آمن إن استطعت، واتصل برقم الطوارئ المحلي أو بالأمن الميداني. وإن كنت بحاجة إلى طبيب فاذهب الآن: فبعض العلاج لا ينفع إلا خلال 72 ساعة.',
};

/** What becomes of the concern. It says nothing that does not happen: nobody is called yet, the concern waits in the queue. */
const then: Readonly<Record<Language, string>> = {
  en: 'Nobody has been called for you: your concern stands among the first in the queue, and an officer is to answer you here by the time that is given. Do not wait for that.',
  fr: 'Personne n’a été appelé pour vous : votre signalement est parmi les premiers de la file, et un membre de l’équipe doit vous répondre ici avant l’heure indiquée. N’attendez pas cette réponse.',
  es: 'No se ha llamado a nadie por usted: lo que nos contó está entre los primeros de la cola, y alguien del equipo le responderá aquí antes de la hora indicada. No espere esa respuesta.',
  ar: 'لم يتصل أحد بأي جهة نيابة عنك: بلاغك بين الأوائل في قائمة الانتظار، ومن المقرر أن يرد عليك هنا أحد أفراد الفريق قبل الموعد المذكور. لا تنتظر ذلك.',
};

/** In the language in which somebody told of their concern, or the first of ours. */
export const helpNow = (language: string): string => now[oneOfOurs(language)];

/** With what becomes of the concern. */
export const emergencyHelp = (language: string): string => `${helpNow(language)} ${then[oneOfOurs(language)]}`;

/** For somebody who comes back and was not answered yet: as long as that lasts they are told again. */
export function emergencyHelpFor({ submitted, account, firstResponse }: Concern): string | undefined {
  const urgent = submitted.immediateDanger || submitted.medicalUrgency;
  const { language }: Partial<Account> = account;
  return urgent && !firstResponse ? emergencyHelp(language ?? '') : undefined;
}

/** `ar-EG` is answered as `ar`. */
function oneOfOurs(language: string): Language {
  const [spoken] = language.split('-');
  return languages.find((ours) => ours === spoken) ?? languages[0];
}
