/** What people write, in the four languages and in the forms that get damaged on the way. */
export const peopleTexts: readonly (readonly [what: string, text: string])[] = [
  [
    'English with its own spelling and blank lines',
    'a man on our ship charter (UN sticker, i dont no wich UN) said the job is mine.\n\n\n   he said dont tell the office,,,  so i tell you insted',
  ],
  [
    'French mixed with Tunisian Arabic and a flower',
    'Bonjour / السلام عليكم،\n\nUne « remarque » chaque matin devant l’équipe, est-ce du harcèlement ou bien يلزمني نصبر ? برشا شكر 🌸',
  ],
  [
    'Spanish',
    'vi como un inspector recibía un sobre; ¿fue el jueves?, llovía. somos cuatro albañiles y me van a encontrar fácil',
  ],
  ['Arabic', 'أتصل من الشارع لأن المكتب مفتوح. رئيسي يطلب مني أن أشتري له أغراضاً ثم «ينسى» أن يدفع، كل أسبوع.'],
  ['emoji of several code points', '👩🏽‍⚕️🏳️‍🌈👨‍👩‍👧‍👦 ☎️'],
  ['decomposed letters (NFD)', 'le\u0301gal cafe\u0301 A\u030angstro\u0308m \u0627\u0654'],
  ['marks of writing direction and invisible characters', '\u200f\u2067abc\u2069\u200b\u00ad\ufeff\u0000\u2028'],
  ['halves of surrogate pairs', 'broken \ud83c and \udf38'],
  ['nothing', ''],
  ['blanks only', '   \n\t '],
  ['a long text', 'كتبت كل شيء, tout, todo, everything 🌸 '.repeat(1_300)],
];
