export { CannotApply } from './apply-page.js';
export type { BuildOptions } from './build-options.js';
export { buildView } from './build-view.js';
export { BeingBuilt, withBuildersLock } from './builders-lock.js';
export { foundView } from './create-generation.js';
export { type DropOptions, dropUndeclared, dropUnfollowed } from './drop-unfollowed.js';
export { digestOf } from './digest.js';
export {
  findGeneration,
  type Generation,
  type GenerationState,
  generationsOf,
  liveSchemaOf,
  schemaOf,
  searchPathOf,
} from './generation.js';
export {
  CannotPlace,
  dropGeneration,
  isLockFailure,
  NothingToPlace,
  type PlaceOptions,
  placeView,
} from './place-view.js';
export { folding, foldsOf } from './fold.js';
export { foldedRows, type FoldedRows, oneRow } from './folded-rows.js';
export * from './opened-event.js';
export * from './projection.js';
export * from './run-projection.js';
export * from './running-projection.js';
export { TakenElsewhere } from './unwritten.js';
export * from './view-generations-migration.js';
