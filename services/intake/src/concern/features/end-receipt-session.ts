import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { derivedId } from '@waymark/messaging';
import { notFound, WithoutKey } from '@waymark/service-kit';
import { RevocationList } from '../../revocations/revocation-list.js';

/** Nothing to say but that it happens. */
export class EndReceiptSessionBody {}

@ApiTags('For people who raise a concern')
@Controller('v1/receipt-sessions/ending')
export class EndReceiptSessionEndpoint {
  constructor(private readonly revocations: RevocationList) {}

  @Post()
  @HttpCode(204)
  @WithoutKey()
  @Access('EndReceiptSession')
  @ApiOperation({ summary: 'Leave: the token of this session opens nothing any more, at every service within seconds' })
  @ApiNoContentResponse()
  async end(@Body() _body: EndReceiptSessionBody, @Caller() caller: Principal): Promise<void> {
    if (caller.kind !== 'reporter') throw notFound();
    const { id } = caller;
    await this.revocations.add(derivedId('receipt session ended', id), id);
  }
}
