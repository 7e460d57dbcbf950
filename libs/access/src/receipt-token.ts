/** What tells a receipt session's token from an access token before either is checked. */
export const RECEIPT_TOKEN_TYPE = 'waymark-receipt+jwt';
export const RECEIPT_AUDIENCE = 'urn:waymark:receipt';
