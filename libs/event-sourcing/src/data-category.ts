/** What a client consents to, part by part: each field that tells something of a person belongs to one, or is never disclosed. */
export const dataCategories = [
  'identity',
  'contact',
  'matter_summary',
  'narrative',
  'risk',
  'needs',
  'medical',
  'workplace',
  'attachments',
  'case_progress',
] as const;
export type DataCategory = (typeof dataCategories)[number];
