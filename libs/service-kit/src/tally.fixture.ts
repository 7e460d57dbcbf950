import { Body, Controller, Get, HttpCode, Module, Param, Post, Query as QueryParams } from '@nestjs/common';
import { ApiOkResponse, ApiProperty } from '@nestjs/swagger';
import { Type } from '@sinclair/typebox';
import { Access } from '@waymark/access';
import {
  type Decider,
  declareEvents,
  DomainRejection,
  earlierVersion,
  type EventOf,
  sealedFor,
} from '@waymark/event-sourcing';
import type { Aggregate, Call } from './aggregate.js';
import { Aggregates } from './aggregates.js';
import { IdPipe } from './body.pipe.js';
import { CallOf } from './call.js';
import { done } from './done.js';
import { Code, Moment, Nested, Text, Whole } from './fields.js';
import type { ServiceDefinition } from './service-definition.js';

/**
 * An addition of version 1 said `amount` and bore its remark in the clear, version 2 says `by` and seals the remark, version 3 calls
 * it `note`.
 */
export const tallyEvents = declareEvents({
  Added: {
    version: 3,
    data: { by: Type.Integer(), note: Type.Optional(Type.String()) },
    sealed: { note: sealedFor('client', 'narrative') },
    earlier: [
      earlierVersion({
        data: { amount: Type.Integer(), remark: Type.Optional(Type.String()) },
        sealed: {},
        upcast: ({ amount, ...rest }) => ({ by: amount, ...rest }),
      }),
      earlierVersion({
        data: { by: Type.Integer(), remark: Type.Optional(Type.String()) },
        sealed: { remark: 'client' },
        renamed: { remark: 'note' },
        upcast: ({ remark, ...rest }) => ({ ...rest, ...(remark === undefined ? {} : { note: remark }) }),
      }),
    ],
  },
  AdditionRefused: { version: 1, data: { by: Type.Integer() }, sealed: {} },
});
export type TallyEvent = EventOf<typeof tallyEvents>;
export type TallyCommand = { readonly type: 'Add'; readonly by: number; readonly note?: string };
export interface Tally {
  readonly total: number;
}

const limit = 1000;

/** Counts up to a thousand; an addition that goes beyond is refused, and audit sees it. */
export const tallyDecider: Decider<Tally, TallyCommand, TallyEvent> = {
  initialState: { total: 0 },
  decide: ({ by, note }, { total }) => {
    if (total + by > limit)
      throw new DomainRejection('limit_reached', 'That is too much.', [{ type: 'AdditionRefused', data: { by } }]);
    return [{ type: 'Added', data: { by, ...(note === undefined ? {} : { note }) } }];
  },
  evolve: ({ total }, event) => ({ total: event.type === 'Added' ? total + event.data.by : total }),
};

export const personId = '5f0c6f1e-1d5c-8a3e-8f00-6a2f0e9d1c77';

export const tallyAggregate: Aggregate<Tally, TallyCommand, TallyEvent> = {
  category: 'tally',
  events: tallyEvents,
  decider: tallyDecider,
  subjects: () => ({ client: personId }),
};

/** Where a spec holds up requests, and sees how many came so far. */
export const gate = { calls: 0, pass: (): Promise<void> => Promise.resolve() };

class OriginBody {
  @Text({ max: 5 }) place: string;
}

class AddBody {
  @Whole({ min: 1, max: 2000 }) by: number;
  @Text({ optional: true, max: 40 }) note?: string;
  @Moment({ optional: true }) at?: string;
  @Code(['left', 'right'], { optional: true }) side?: string;
  @Nested(() => OriginBody, { optional: true }) origin?: OriginBody;
}

class NothingBody {}

class TallyParams {
  @Code(['left', 'right'], { optional: true }) side?: string;
}

class TallyView {
  @ApiProperty() total: number;
}

@Controller('v1/tallies/:id')
export class TallyEndpoint {
  constructor(private readonly aggregates: Aggregates) {}

  @Get()
  @Access('ListDutyStations')
  @ApiOkResponse({ type: TallyView })
  async read(@Param('id', IdPipe) id: string, @QueryParams() _params: TallyParams): Promise<TallyView> {
    return (await this.aggregates.loadExisting(tallyAggregate, id)).state;
  }

  @Post('additions')
  @HttpCode(201)
  @Access('SubmitConcern')
  @ApiOkResponse({ type: TallyView })
  async add(@Param('id', IdPipe) id: string, @Body() { by, note }: AddBody, @CallOf() call: Call) {
    gate.calls += 1;
    await gate.pass();
    const command = { type: 'Add', by, ...(note === undefined ? {} : { note }) } as const;
    const written = await this.aggregates.change(tallyAggregate, id, command, call);
    return done(written, { total: written.state.total, attempt: gate.calls });
  }

  @Post('failures')
  @Access('SubmitConcern')
  fail(@Body() _body: NothingBody): never {
    throw new Error('the password is jasmine');
  }
}

@Module({ controllers: [TallyEndpoint] })
export class TallyModule {}

export const tallyService: ServiceDefinition = {
  name: 'tally',
  title: 'Tally',
  description: 'Counts.',
  settings: {},
  aggregates: [tallyAggregate],
  module: TallyModule,
  migrations: [],
  projections: [],
};
