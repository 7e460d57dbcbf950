/** Table of the checkpoints of a service's read models, one row per projection and version. */
export const projectionsMigration = `
  CREATE TABLE projection_checkpoints (
    name text NOT NULL,
    version integer NOT NULL,
    position bigint NOT NULL DEFAULT 0,
    stopped_at bigint,
    stopped_because text,
    PRIMARY KEY (name, version)
  )`;
