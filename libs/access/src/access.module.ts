import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access-guard.js';
import { AUTHENTICATOR, type Authenticator } from './authenticator.js';

/** Puts the access guard before every route of the application it is imported into. */
@Module({})
export class AccessModule {
  static with(authenticator: Authenticator): DynamicModule {
    return {
      module: AccessModule,
      global: true,
      providers: [
        { provide: AUTHENTICATOR, useValue: authenticator },
        { provide: APP_GUARD, useClass: AccessGuard },
      ],
      exports: [AUTHENTICATOR],
    };
  }
}
