import { Controller, Get, Param } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { noteClasses } from '@waymark/contracts';
import { IdPipe, ReadLog } from '@waymark/service-kit';
import type { Note } from '../domain/case.events.js';
import { mayReadNote } from '../visibility.js';
import { VisibleCases } from '../visible-cases.js';

export class NoteView {
  @ApiProperty({ format: 'uuid' }) noteId: string;
  @ApiProperty({ required: false, enum: noteClasses, description: 'Absent when erased' }) noteClass?: string;
  @ApiProperty({ required: false, description: 'Absent when erased' }) text?: string;
  @ApiProperty({ required: false, description: 'The note was erased' }) erased?: boolean;
  @ApiProperty() authorId: string;
  @ApiProperty({ format: 'date-time' }) writtenAt: string;
}

export class Notes {
  @ApiProperty({ type: [NoteView], description: 'The oldest first; only those you may read.' }) items: NoteView[];
}

export class ListNotes extends Query<Notes> {
  constructor(
    readonly caseId: string,
    readonly caller: Principal,
  ) {
    super();
  }
}

@ApiTags('For the team of a case')
@Controller('v1/cases/:id/notes')
export class ListNotesEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access('ListNotes')
  @ApiOperation({ summary: 'Read the notes of a case; clinical ones only as their author or a clinician' })
  @ApiOkResponse({ type: Notes })
  read(@Param('id', IdPipe) id: string, @Caller() caller: Principal) {
    return this.queries.execute(new ListNotes(id, caller));
  }
}

@QueryHandler(ListNotes)
export class ListNotesHandler implements IQueryHandler<ListNotes> {
  constructor(
    private readonly cases: VisibleCases,
    private readonly reads: ReadLog,
  ) {}

  async execute({ caseId, caller }: ListNotes): Promise<Notes> {
    const { now, current, ground, purpose } = await this.cases.find(caller, 'ListNotes', caseId);
    const { clientId, notes } = current;
    await this.reads.read({
      principal: caller,
      stream: `case-${caseId}`,
      clientId,
      what: 'ListNotes',
      ground,
      purpose,
    });
    return { items: notes.filter((note) => mayReadNote(caller, current, note, now)).map(viewOf) };
  }
}

/** A text that opens no more is absent, whatever the type says of it. */
function viewOf(note: Note): NoteView {
  const { text }: Partial<Note> = note;
  return text === undefined ? { ...note, erased: true } : note;
}
