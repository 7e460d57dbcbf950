/** What the platform promises, in the order of the report. */
export const promises = [
  'acknowledged commands lost',
  'refused commands done',
  'effects twice',
  'effects missing',
  'effects of nobody',
  'order broken',
  'hash chains broken',
  'views different from a fresh fold',
  'dead letters unexplained',
  'receipts that do not open',
] as const;

export type BrokenPromise = (typeof promises)[number];

export interface Finding {
  readonly promise: BrokenPromise;
  /** Names ids, types and positions, never what somebody told. */
  readonly what: string;
}

/** How often each promise was broken. */
export const countsOf = (findings: readonly Finding[]): Readonly<Record<BrokenPromise, number>> => {
  const count = (promise: BrokenPromise): number => findings.filter((finding) => finding.promise === promise).length;
  return {
    'acknowledged commands lost': count('acknowledged commands lost'),
    'refused commands done': count('refused commands done'),
    'effects twice': count('effects twice'),
    'effects missing': count('effects missing'),
    'effects of nobody': count('effects of nobody'),
    'order broken': count('order broken'),
    'hash chains broken': count('hash chains broken'),
    'views different from a fresh fold': count('views different from a fresh fold'),
    'dead letters unexplained': count('dead letters unexplained'),
    'receipts that do not open': count('receipts that do not open'),
  };
};
