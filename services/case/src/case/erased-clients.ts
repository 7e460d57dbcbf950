import type { KeyRing } from '@waymark/privacy';

/** Clients who were erased here: for them no case is opened, and none goes on. */
export class ErasedClients {
  constructor(private readonly keyRing: KeyRing) {}

  async include(clientId: string): Promise<boolean> {
    return (await this.keyRing.find(clientId)) === 'destroyed';
  }
}
