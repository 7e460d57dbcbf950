import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Call } from '../aggregate.js';
import { Aggregates } from '../aggregates.js';
import { planOf, processAggregate, type ProcessDeclaration, processIdOf } from './process-declaration.js';
import type { Answer } from './process.state.js';

/** Something that a process waits for has come. Starts the process if the clock has not yet. */
export class AnswerProcess extends Command<void> {
  constructor(
    readonly declaration: ProcessDeclaration,
    /** What the process is about, and the stream of its cause. */
    readonly about: string,
    readonly stream: string,
    readonly answer: Answer,
    readonly call: Call,
  ) {
    super();
  }
}

@CommandHandler(AnswerProcess)
export class AnswerProcessHandler implements ICommandHandler<AnswerProcess> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ declaration, about, stream, answer, call }: AnswerProcess): Promise<void> {
    const plan = planOf(declaration, about, stream);
    const processId = processIdOf(declaration, about);
    await this.aggregates.change(
      processAggregate(declaration.service),
      processId,
      { type: 'AnswerStep', plan, answer },
      call,
    );
  }
}
