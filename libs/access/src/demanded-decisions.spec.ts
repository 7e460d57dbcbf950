import { Controller, Get, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { Access } from './access-rule.js';
import { AccessModule } from './access.module.js';
import { Caller } from './caller.js';
import { DemandedDecisions } from './demanded-decisions.js';
import { decide } from './policy/decide.js';
import { staffRefs } from './policy/entity.js';
import type { Principal } from './principal.js';

const me: Principal = { kind: 'staff', id: 'me', roles: ['officer'], unit: 'support_desk' };

@Controller('v1/cases/:id')
class CasesController {
  @Get()
  @Access('ReadCase')
  async read(@Param('id') id: string, @Caller() caller: Principal) {
    await Promise.resolve();
    return decide(caller, 'ReadCase', {
      type: 'Case',
      id,
      attributes: { team: staffRefs(['me']), shutOut: [], underGlass: [] },
    });
  }

  @Get('forgotten')
  @Access('ReadCase')
  forgets() {
    return { secret: 'what nobody was asked about' };
  }

  @Get('other')
  @Access('ReadCase')
  asksAboutAnother(@Param('id') id: string, @Caller() caller: Principal) {
    return decide(caller, 'MoveStage', {
      type: 'Case',
      id,
      attributes: { team: staffRefs(['me']), shutOut: [], underGlass: [] },
    });
  }

  @Get('list')
  @Access('ListCases')
  list() {
    return [];
  }
}

describe('An answer', () => {
  let app: NestFastifyApplication;
  beforeAll(async () => {
    const module = {
      module: class TestModule {},
      imports: [AccessModule.with({ authenticate: async () => me })],
      controllers: [CasesController],
    };
    app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger: false });
    app.useGlobalInterceptors(new DemandedDecisions());
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });
  afterAll(() => app.close());

  it.each<[string, string, number]>([
    ['leaves when the policies were asked about the thing', '', 200],
    ['does not leave when nobody asked them', '/forgotten', 500],
    ['does not leave when they were asked about another action', '/other', 500],
    ['needs no more than the door where it is about no one thing', '/list', 200],
  ])('%s', async (_what, path, status) => {
    const answer = await request(app.getHttpServer()).get(`/v1/cases/1${path}`);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain('secret');
  });
});
