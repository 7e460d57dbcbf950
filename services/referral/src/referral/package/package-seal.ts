import type { DataCategory } from '@waymark/contracts';
import { type KeyRing, openValue, sealValue } from '@waymark/privacy';
import type { Referral } from '../domain/referral.state.js';
import { composePackage, partsOf } from '../domain/package.js';
import type { PackagePart, SealedContent } from '../domain/referral.events.js';

interface Opened {
  readonly category: DataCategory;
  readonly content: string;
}

interface Erased {
  readonly category: DataCategory;
  readonly erased: true;
}

/** The only place where a package is in the clear: each data category has an envelope of its own, under the client's key. */
export class PackageSeal {
  constructor(private readonly keyRing: KeyRing) {}

  seal(referralId: string, clientId: string, category: PackagePart, content: string): Promise<SealedContent> {
    return sealValue({ keyRing: this.keyRing, subject: clientId, label: label(referralId, category), value: content });
  }

  /** Opens what may leave under these categories, and nothing else. */
  async open(
    { referralId, package: sealed }: Referral,
    categories: readonly DataCategory[],
  ): Promise<(Opened | Erased)[]> {
    return Promise.all(
      partsOf(composePackage(sealed, categories)).map(async ({ part, category, content }) => {
        const { keyRing } = this;
        const result = await openValue({ keyRing, label: label(referralId, part), sealed: content });
        return 'value' in result ? { category, content: String(result.value) } : { category, erased: true };
      }),
    );
  }
}

const label = (referralId: string, part: PackagePart): string => `package/${referralId}/${part}`;
