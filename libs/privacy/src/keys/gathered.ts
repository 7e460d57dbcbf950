interface Asked<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Asks several questions in one round trip: those that come while one is under way go together in the next. One that comes alone
 * is asked at once. `ask` answers in the order of the questions; when it rejects, all of them get its reason.
 */
export class Gathered<Question, Answer> {
  private readonly waiting: Asked<Question, Answer>[] = [];
  private asking = false;

  constructor(
    private readonly ask: (questions: readonly Question[]) => Promise<readonly Answer[]>,
    private readonly most = 100,
  ) {}

  answer(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ question, resolve, reject });
      if (!this.asking) void this.askAll();
    });
  }

  private async askAll(): Promise<void> {
    this.asking = true;
    while (this.waiting.length > 0) {
      const asked = this.waiting.splice(0, this.most);
      try {
        const answers = await this.ask(asked.map(({ question }) => question));
        if (answers.length !== asked.length) throw new Error('not as many answers as questions');
        // The lengths are equal, so there is an answer at each place.
        asked.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
      } catch (error) {
        asked.forEach(({ reject }) => reject(error));
      }
    }
    this.asking = false;
  }
}
