import { deriveSecret } from '@waymark/privacy';
import type { Secrets } from '@waymark/service-kit';
import { contactsIn } from './contacts-in.js';

/**
 * The blind index of contacts: what stands in a view for an e-mail address or a telephone number. A mark follows from the contact and
 * a secret of its own, so that concerns with the same contact can be found, and nobody without the secret can tell which it is.
 */
export class ContactMarks {
  private readonly secret: Buffer;

  constructor(secrets: Secrets) {
    this.secret = secrets.of('contact-marks');
  }

  /** Of each contact in the text. */
  in(text: string | undefined): string[] {
    return contactsIn(text ?? '').map((contact) =>
      deriveSecret({ secret: this.secret, label: 'contact', input: contact }).toString('hex'),
    );
  }
}
