/** Work of this process under one name goes one after the other, in the order it was asked for; other names do not wait. */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  async take<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const turn = (this.last.get(name) ?? Promise.resolve()).then(work);
    const settled = turn.catch(() => undefined);
    this.last.set(name, settled);
    try {
      return await turn;
    } finally {
      if (this.last.get(name) === settled) this.last.delete(name);
    }
  }
}
