/**
 * Table of the generations of a service's read models, with their checkpoints. Of each view and version one may be live, one being
 * built, and one kept to go back to.
 */
export const viewGenerationsMigration = `
  CREATE TABLE view_generations (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    view text NOT NULL,
    version integer NOT NULL,
    state text NOT NULL CHECK (state IN ('building', 'live', 'kept')),
    position bigint NOT NULL DEFAULT 0,
    stopped_at bigint,
    stopped_because text,
    begun_at timestamptz NOT NULL DEFAULT now(),
    placed_at timestamptz,
    categories text[],
    UNIQUE (view, version, state) DEFERRABLE INITIALLY DEFERRED
  )`;

/** What each generation is folded from, so that a release that does not know the view sees whether somebody folds it. */
export const viewCategoriesMigration = 'ALTER TABLE view_generations ADD COLUMN IF NOT EXISTS categories text[]';
