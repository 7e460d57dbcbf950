/** Whose a receipt is. */
export const receiptScopes = ['reporter', 'client'] as const;
export type ReceiptScope = (typeof receiptScopes)[number];
/** Why a receipt opens nothing any more. */
export const receiptWithdrawals = ['lost', 'seen_by_others'] as const;
export type ReceiptWithdrawal = (typeof receiptWithdrawals)[number];
