export { deriveMark, deriveSecret } from './keys/derive-secret.js';
export { bringKeys, KeysDifferError, type KeyRow } from './keys/bring-keys.js';
export {
  dataKeysMigration,
  type DestroyedKey,
  type ErasedSubject,
  type KeyDatabase,
  noteLostKeys,
  rowsOf,
} from './keys/data-keys.js';
export { Gathered } from './keys/gathered.js';
export { countKeys, type KeyCounts, type KeyFault, rewrapKeys, verifyKeys } from './keys/key-care.js';
export type { KeyCacheOptions } from './keys/key-cache.js';
export * from './keys/key-errors.js';
export { createKeyFile } from './keys/create-key-file.js';
export { openKeyFile } from './keys/key-file.js';
export type { KeyProvider, WrappedKey, WrappingKeys } from './keys/key-provider.js';
export { createVaultKey, openVaultKeys } from './keys/vault/vault-keys.js';
export type { VaultOptions } from './keys/vault/vault-options.js';
export { vaultPolicyOfOperator, vaultPolicyOfService } from './keys/vault/vault-policies.js';
export { createKeyRing, type FoundKey, type KeyRing } from './keys/key-ring.js';
export { LaneFullError } from './receipts/lane.js';
export { normaliseReceipt, receiptFrom } from './receipts/receipt.js';
export { createReceiptHasher, type HashReceipt, type ReceiptHasher } from './receipts/receipt-hash.js';
export type { OpenedValue } from './sealing/open-envelope.js';
export * from './sealing/seal-event.js';
export { openValue, sealValue } from './sealing/seal-value.js';
export { isSealed, type SealedEnvelope, subjectsSealedIn } from './sealing/sealed-envelope.js';
export * from './sealing/sealing-errors.js';
export * from './disclosure-control/index.js';
