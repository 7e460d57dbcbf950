import { Controller, Get, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { AccessError } from './access-error.js';
import { Access } from './access-rule.js';
import { AccessModule } from './access.module.js';
import { Caller } from './caller.js';
import { DemandedDecisions } from './demanded-decisions.js';
import { FAILED_READS, type FailedRead, type FailedReads, Reading } from './failed-reads.js';
import { decide } from './policy/decide.js';
import { staffRefs } from './policy/entity.js';
import type { Principal, StaffPrincipal } from './principal.js';

const officer: StaffPrincipal = { kind: 'staff', id: 'me', roles: ['officer'] };
const analyst: StaffPrincipal = { kind: 'staff', id: 'me', roles: ['analyst'] };
const formerOfficer: StaffPrincipal = { kind: 'staff', id: 'me', roles: [] };

class Refused extends Error {}

const ask = (caller: Principal, action: 'ReadCase' | 'MoveStage', id: string, team: readonly string[]) =>
  decide(caller, action, { type: 'Case', id, attributes: { team: staffRefs(team), underGlass: [], shutOut: [] } });
const demand = (...asked: Parameters<typeof ask>): object => {
  if (ask(...asked).outcome !== 'allow') throw new Refused();
  return {};
};

@Controller('v1/cases/:id')
class CasesController {
  @Get()
  @Access('ReadCase')
  read(@Param('id') id: string, @Caller() caller: Principal) {
    return demand(caller, 'ReadCase', id, ['somebody-else']);
  }

  @Get('own')
  @Access('ReadCase')
  own(@Param('id') id: string, @Caller() caller: Principal) {
    return demand(caller, 'ReadCase', id, ['me']);
  }

  @Get('nothing')
  @Access('ReadCase')
  nothing() {
    throw new Refused();
  }

  @Get('broken')
  @Access('ReadCase')
  breaksAfterwards(@Param('id') id: string, @Caller() caller: Principal) {
    demand(caller, 'ReadCase', id, ['me']);
    ask(caller, 'ReadCase', 'another', []);
    throw new Refused();
  }

  @Post('stage')
  @Access('MoveStage')
  move(@Param('id') id: string, @Caller() caller: Principal) {
    return demand(caller, 'MoveStage', id, ['somebody-else']);
  }

  @Post('opening')
  @Reading()
  @Access('ReadCase')
  open(@Param('id') id: string, @Caller() caller: Principal) {
    return demand(caller, 'ReadCase', id, ['somebody-else']);
  }
}

describe('A reading that failed', () => {
  let app: NestFastifyApplication;
  let caller: () => Principal;
  let told: FailedRead[];
  let tell: FailedReads['tell'];
  beforeAll(async () => {
    class Outside {}
    const failedReads: FailedReads = { tell: (failed) => tell(failed) };
    const providers = [{ provide: FAILED_READS, useValue: failedReads }];
    const module = {
      module: class TestModule {},
      imports: [
        { module: Outside, global: true, providers, exports: [FAILED_READS] },
        AccessModule.with({ authenticate: async () => caller() }),
      ],
      controllers: [CasesController],
    };
    app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger: false });
    app.useGlobalInterceptors(new DemandedDecisions(failedReads));
    app.useGlobalFilters({
      catch(error, host) {
        const status = error instanceof AccessError ? error.status : error instanceof Refused ? 404 : 500;
        app.getHttpAdapter().reply(host.switchToHttp().getResponse(), {}, status);
      },
    });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });
  afterAll(() => app.close());
  beforeEach(() => {
    told = [];
    caller = () => officer;
    tell = async (failed) => void told.push(failed);
  });

  const statusOf = async (path: string, method: 'get' | 'head' | 'post' = 'get') =>
    (await request(app.getHttpServer())[method](`/v1/cases/7${path}`)).status;

  it('is told with what the policies said', async () => {
    expect(await statusOf('')).toBe(404);
    expect(told).toEqual([
      expect.objectContaining({
        principal: officer,
        action: 'ReadCase',
        outcome: 'hidden',
        error: expect.any(Refused),
      }),
    ]);
    expect(told[0]?.request).toMatchObject({ params: { id: '7' } });
  });

  it('is told without that when it ended before they were asked', async () => {
    expect(await statusOf('/nothing')).toBe(404);
    expect(told).toHaveLength(1);
    expect(told[0]).not.toHaveProperty('outcome');
  });

  it('is told with what they said first, which was about the thing itself', async () => {
    expect(await statusOf('/broken')).toBe(404);
    expect(told).toEqual([expect.objectContaining({ outcome: 'allow' })]);
  });

  it.each<[string, '' | '/stage' | '/opening' | '/own', 'get' | 'head' | 'post', number]>([
    ['told where only the head of the answer is asked for', '', 'head', 1],
    ['told where a POST reads', '/opening', 'post', 1],
    ['not told where it was a command', '/stage', 'post', 0],
    ['not told where it did not fail', '/own', 'get', 0],
  ])('is %s', async (_what, path, method, times) => {
    await statusOf(path, method);
    expect(told).toHaveLength(times);
  });

  it.each([
    ['whose roles are others', analyst, () => analyst],
    [
      'whose token is good, and gives no role here',
      formerOfficer,
      () => {
        throw new AccessError('role_missing', { principal: formerOfficer });
      },
    ],
  ])('is told when it is refused at the door to somebody %s', async (_what, principal, authenticated) => {
    caller = authenticated;
    expect(await statusOf('')).toBe(403);
    expect(told).toEqual([expect.objectContaining({ principal, action: 'ReadCase', outcome: 'deny' })]);
    expect(await statusOf('/stage', 'post')).toBe(403);
    expect(told).toHaveLength(1);
  });

  it.each([
    ['shows no token', () => ({ kind: 'anonymous' }) as const],
    [
      'shows a bad one',
      () => {
        throw new AccessError('token_invalid');
      },
    ],
  ])('is not told of somebody who %s: nobody knows who it was', async (_what, authenticated) => {
    caller = authenticated;
    expect(await statusOf('')).toBe(401);
    expect(told).toEqual([]);
  });

  it('ends as an error where it could not be told', async () => {
    tell = () => Promise.reject(new Error('the log is away'));
    expect(await statusOf('')).toBe(500);
    expect(await statusOf('/nothing')).toBe(500);
    caller = () => analyst;
    expect(await statusOf('')).toBe(500);
  });
});
