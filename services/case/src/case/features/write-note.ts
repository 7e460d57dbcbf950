import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { noteClasses, type NoteClass } from '@waymark/contracts';
import { type Call, CallOf, Code, type Done, done, IdPipe, Text } from '@waymark/service-kit';
import { VisibleCases } from '../visible-cases.js';

export class WriteNoteBody {
  @Code(noteClasses, { description: 'Clinical notes are read by their author and by clinicians only' })
  noteClass: NoteClass;
  @Text({ max: 20_000, description: 'Kept byte for byte, sealed. Corrected by a new note, never edited.' })
  text: string;
}

export class NoteWritten {
  @ApiProperty({ format: 'uuid' }) caseId: string;
  @ApiProperty({ format: 'uuid' }) noteId: string;
}

export class WriteNote extends Command<Done<NoteWritten>> {
  constructor(
    readonly caseId: string,
    readonly body: WriteNoteBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For the team of a case')
@Controller('v1/cases/:id/notes')
export class WriteNoteEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(201)
  @Access('WriteNote')
  @ApiOperation({ summary: 'Write a note' })
  @ApiCreatedResponse({ type: NoteWritten })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() body: WriteNoteBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new WriteNote(id, body, caller, call));
  }
}

@CommandHandler(WriteNote)
export class WriteNoteHandler implements ICommandHandler<WriteNote> {
  constructor(private readonly cases: VisibleCases) {}

  async execute({ caseId, body, caller, call }: WriteNote) {
    const { noteClass, text } = body;
    const command = { type: 'WriteNote', noteClass, text } as const;
    const written = await this.cases.change(caseId, caller, call, command);
    const [event] = written.events;
    if (event?.type !== 'NoteWritten') throw new Error('writing a note always records one');
    return done(written, { caseId, noteId: event.data.noteId });
  }
}
