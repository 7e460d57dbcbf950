import { Body, Controller, Get, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { AccessError } from './access-error.js';
import { Access } from './access-rule.js';
import { AccessModule } from './access.module.js';
import { createAuthenticator } from './authenticator.js';
import { Caller } from './caller.js';
import type { Principal } from './principal.js';
import {
  createReceiptSessions,
  createReceiptSessionVerifier,
  generateReceiptKey,
  type ReceiptSessions,
} from './receipt-sessions.js';
import { assertEveryRouteHasARule, listRoutes } from './routes.js';
import { startTestIssuer, TEST_AUDIENCE, type TestIssuer } from './test-issuer.js';
import { createTokenVerifier } from './token-verifier.js';

@Controller('v1/concerns')
class ConcernsController {
  @Post()
  @Access('SubmitConcern')
  submit(@Caller() caller: Principal) {
    return caller;
  }

  @Post(':id/triage')
  @Access('TriageConcern')
  triage(@Caller() caller: Principal, @Body({ transform: refuseBody }) _body: unknown) {
    return caller;
  }

  @Get(':id/mailbox')
  @Access('ReadMyConcern')
  mailbox(@Caller() caller: Principal) {
    return caller;
  }

  @Get(':id/ledger')
  @Access('ReadMyLedger')
  ledger(@Caller() caller: Principal) {
    return caller;
  }

  @Get(':id/authorization')
  @Access('AuthorizeDisclosure')
  authorize(@Caller() caller: Principal) {
    return caller;
  }

  @Get(':id/decision')
  @Access('ReadDecision')
  decision(@Caller() caller: Principal) {
    return caller;
  }
}

@Controller('v1/open')
class OpenController {
  // eslint-disable-next-line no-restricted-syntax -- the route that names no action
  @Get()
  list() {
    return [];
  }
}

function refuseBody(): never {
  throw new Error('the body was looked at');
}

let issuer: TestIssuer;
let sessions: ReceiptSessions;
const applications: NestFastifyApplication[] = [];

beforeAll(async () => {
  issuer = await startTestIssuer();
  sessions = createReceiptSessions({
    privateKey: await generateReceiptKey(),
    issuer: 'urn:waymark:intake',
    lifetimeSeconds: 900,
  });
});
afterEach(async () => {
  for (const app of applications.splice(0)) await app.close();
});
afterAll(() => issuer.stop());

async function application(...controllers: readonly (new () => object)[]): Promise<NestFastifyApplication> {
  const authenticator = createAuthenticator({
    staff: createTokenVerifier({ issuer: issuer.issuer, audience: TEST_AUDIENCE }),
    receipts: createReceiptSessionVerifier({ issuer: 'urn:waymark:intake', jwks: await sessions.publicJwks() }),
  });
  const module = {
    module: class TestModule {},
    imports: [AccessModule.with(authenticator)],
    controllers: [...controllers],
  };
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger: false });
  applications.push(app);
  app.useGlobalFilters({
    catch(error, host) {
      const status = error instanceof AccessError ? error.status : 500;
      const body = { code: error instanceof AccessError ? error.code : 'internal' };
      app.getHttpAdapter().reply(host.switchToHttp().getResponse(), body, status);
    },
  });
  assertEveryRouteHasARule(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

const staffToken = (role: string) => issuer.token({ roles: [role] });
const serviceToken = (service: string) => issuer.token({ sub: `waymark-${service}`, roles: undefined, service });
const receipt = async (clientId?: string) =>
  (await sessions.issue({ concernId: 'c-1', sessionId: 's-1', receipt: 1, ...(clientId ? { clientId } : {}) })).token;

describe('The guard', () => {
  it('takes what staff say that they ask for, of a list; from others it is not taken', async () => {
    const app = await application(ConcernsController);
    const ask = async (token: string, path: string, purpose: string) => {
      const get = request(app.getHttpServer()).get(`/v1/concerns/1/${path}`);
      return get.set('authorization', `Bearer ${token}`).set('x-purpose', purpose);
    };
    const officer = await staffToken('officer');
    expect((await ask(officer, 'decision', 'supervision')).body).toMatchObject({
      kind: 'staff',
      purpose: 'supervision',
    });
    expect(await ask(officer, 'decision', 'curiosity')).toMatchObject({
      status: 400,
      body: { code: 'purpose_unknown' },
    });
    expect(await ask(await staffToken('analyst'), 'decision', 'curiosity')).toMatchObject({ status: 403 });
    const service = await ask(await serviceToken('referral'), 'decision', 'curiosity');
    expect(service).toMatchObject({ status: 200, body: { kind: 'service' } });
    expect(service.body).not.toHaveProperty('purpose');
  });

  it.each<[string, 'get' | 'post', string, (() => Promise<string>) | undefined, number, object]>([
    ['lets anybody raise a concern', 'post', '', undefined, 201, { kind: 'anonymous' }],
    ['lets a concern in whatever token comes along', 'post', '', async () => 'spoilt', 201, { kind: 'anonymous' }],
    ['asks for a token', 'post', '/1/triage', undefined, 401, { code: 'token_missing' }],
    [
      'refuses another role before it looks at the body',
      'post',
      '/1/triage',
      () => staffToken('analyst'),
      403,
      { code: 'role_missing' },
    ],
    [
      'lets one of several roles in, then the body is looked at',
      'post',
      '/1/triage',
      () => staffToken('officer'),
      500,
      { code: 'internal' },
    ],
    ['refuses a broken token', 'get', '/1/mailbox', async () => 'a.b.c', 401, { code: 'token_invalid' }],
    ['lets a reporter in', 'get', '/1/mailbox', () => receipt(), 200, { kind: 'reporter', concernId: 'c-1' }],
    [
      'lets staff in where services may as well',
      'get',
      '/1/decision',
      () => staffToken('officer'),
      200,
      { kind: 'staff', roles: ['officer'] },
    ],
    ['refuses a reporter who is not the client', 'get', '/1/ledger', () => receipt(), 403, { code: 'role_missing' }],
    ['lets the client in', 'get', '/1/ledger', () => receipt('k-1'), 200, { clientId: 'k-1' }],
    [
      'refuses staff where only the client may',
      'get',
      '/1/ledger',
      () => staffToken('administrator'),
      403,
      { code: 'role_missing' },
    ],
    [
      'lets the named service in',
      'get',
      '/1/authorization',
      () => serviceToken('referral'),
      200,
      { kind: 'service', id: 'referral' },
    ],
    ['refuses another service', 'get', '/1/authorization', () => serviceToken('case'), 403, { code: 'role_missing' }],
    [
      'refuses a reporter where a service may',
      'get',
      '/1/authorization',
      () => receipt('k-1'),
      403,
      { code: 'role_missing' },
    ],
  ])('%s', async (_what, method, path, token, status, body) => {
    const app = await application(ConcernsController);
    const call = request(app.getHttpServer())[method](`/v1/concerns${path}`);
    const answer = await (token ? call.set('authorization', `Bearer ${await token()}`) : call);
    expect(answer.body).toMatchObject(body);
    expect(answer.status).toBe(status);
  });

  it.each(['Basic abc', 'Bearer', 'Bearer a b', ''])('does not take "%s" for a token', async (authorization) => {
    const app = await application(ConcernsController);
    const answer = await request(app.getHttpServer()).get('/v1/concerns/1/mailbox').set('authorization', authorization);
    expect(answer.status).toBe(401);
  });

  it('tells a broken token from an issuer that cannot be reached', async () => {
    const app = await application(ConcernsController);
    const token = await staffToken('officer');
    issuer.failWith(500);
    const answer = await request(app.getHttpServer())
      .get('/v1/concerns/1/mailbox')
      .set('authorization', `Bearer ${token}`);
    issuer.failWith(undefined);
    expect([answer.status, answer.body]).toEqual([503, { code: 'identity_unreachable' }]);
  });
});

describe('A route without a rule', () => {
  it('keeps the application from starting, and is named', async () => {
    await expect(application(ConcernsController, OpenController)).rejects.toThrow('GET /v1/open (OpenController.list)');
  });

  it('cannot name an action that no policy lets anybody ask for', () => {
    expect(() => Access('ReadEverything' as 'ReadCase')).toThrow('ReadEverything');
  });
});

describe('The routes', () => {
  it('are listed as they are served, with their rules', async () => {
    const routes = listRoutes(await application(ConcernsController));
    expect(routes).toHaveLength(6);
    expect(routes).toContainEqual({
      method: 'POST',
      path: '/v1/concerns/:id/triage',
      controller: 'ConcernsController',
      handler: 'triage',
      access: { action: 'TriageConcern', staff: ['officer', 'supervisor'] },
    });
  });

  it('say in the OpenAPI who may call them, and with which token', async () => {
    const app = await application(ConcernsController);
    const { paths } = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    expect(paths['/v1/concerns/{id}/decision']?.get).toMatchObject({
      security: expect.arrayContaining([{ staff: [] }, { service: [] }]),
      'x-waymark-access': {
        action: 'ReadDecision',
        staff: ['officer', 'supervisor'],
        service: ['intake', 'case', 'referral'],
      },
    });
    expect(paths['/v1/concerns']?.post?.security).toBeUndefined();
  });
});
