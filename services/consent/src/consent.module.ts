import { Module } from '@nestjs/common';
import { ClientTeams } from './consent-record/client-teams.js';
import {
  AuthorizeDisclosureEndpoint,
  AuthorizeDisclosureHandler,
} from './consent-record/features/authorize-disclosure.js';
import { GetDecisionEndpoint, GetDecisionHandler } from './consent-record/features/get-decision.js';
import { GiveConsentEndpoint, GiveConsentHandler } from './consent-record/features/give-consent.js';
import {
  ListConsentsEndpoint,
  ListConsentsHandler,
  ListMyConsentsEndpoint,
} from './consent-record/features/list-consents.js';
import { GetMyLedgerHandler, MyLedgerEndpoint } from './consent-record/features/my-ledger.js';
import { RefuseConsentEndpoint, RefuseConsentHandler } from './consent-record/features/refuse-consent.js';
import { RequestSuspensionsHandler } from './consent-record/features/request-suspensions.js';
import { ExpireConsentHandler } from './consent-record/features/run-consent-clocks.js';
import {
  WithdrawConsentEndpoint,
  WithdrawConsentHandler,
  WithdrawMyConsentEndpoint,
} from './consent-record/features/withdraw-consent.js';

@Module({
  controllers: [
    GiveConsentEndpoint,
    RefuseConsentEndpoint,
    WithdrawConsentEndpoint,
    ListConsentsEndpoint,
    GetDecisionEndpoint,
    AuthorizeDisclosureEndpoint,
    ListMyConsentsEndpoint,
    WithdrawMyConsentEndpoint,
    MyLedgerEndpoint,
  ],
  providers: [
    ClientTeams,
    GiveConsentHandler,
    RefuseConsentHandler,
    WithdrawConsentHandler,
    ListConsentsHandler,
    GetDecisionHandler,
    AuthorizeDisclosureHandler,
    GetMyLedgerHandler,
    RequestSuspensionsHandler,
    ExpireConsentHandler,
  ],
})
export class ConsentModule {}
