export type StartPostgresOptions = {
  /** Kept between starts; made when it is not there. */
  readonly dataDir: string;
  readonly port: number;
  /** Of user `postgres`; set when the folder is made, so it must stay the same for that folder. */
  readonly superuserPassword: string;
  /** Receives what the server and the start have to say, a line at a time. */
  readonly log?: (line: string) => void;
  /** `false` trades crash safety for speed: only for data that may be lost. Default `true`. */
  readonly durable?: boolean;
  /** Default 300. */
  readonly maxConnections?: number;
};
