/** Where a Vault or OpenBao is, and as whom we come. */
export interface VaultOptions {
  /** Such as `https://vault:8200`. */
  readonly address: string;
  /** The token itself, or the file in which somebody keeps it fresh; the file is read for every request. */
  readonly token: { readonly value: string } | { readonly path: string };
  /** Name of the Transit key, one for each context. */
  readonly key: string;
  /** Where the Transit engine is mounted; `transit` unless given. */
  readonly mount?: string;
  readonly namespace?: string;
  /** PEM of the authority that the server's certificate must come from, when it is none that Node knows. */
  readonly certificateAuthority?: string;
  /** Milliseconds for one try; 2,000 unless given. */
  readonly timeoutMs?: number;
  /** How often something is tried that failed for a moment; 3 unless given. */
  readonly tries?: number;
  /** Told of what goes on in the background, such as a token that is not renewed. */
  readonly onTrouble?: (message: string, error: unknown) => void;
}
