/** Superuser's URL of the PostgreSQL that the global setup of a test run started. */
export const POSTGRES_URL = 'WAYMARK_TEST_POSTGRES_URL';

/** In the folder of a test run: what its PostgreSQL has to say, a line at a time. */
export const POSTGRES_LOG = 'postgres.log';

/** Where the global setup of a test run answers with the brokers, starting Kafka at the first call. */
export const KAFKA_DISPENSER_URL = 'WAYMARK_TEST_KAFKA_URL';

/** The folder of a test run, inherited by every process that is started under it. */
export const TEST_RUN = 'WAYMARK_TEST_RUN';
