/**
 * A page of a list of which each line has to be asked about, because no database can tell who may see it: `limit` items at the most,
 * and where the page after it begins, if anything is left to show. `show` answers undefined for a line that is not for whoever asks;
 * it is called for one line after the other, and for none once the page is full and the next is known to be there.
 */
export async function shownPage<Line, Item>({
  limit,
  after,
  page,
  show,
  cursorOf,
}: {
  readonly limit: number;
  readonly after: string | undefined;
  readonly page: (after: string | undefined, limit: number) => Promise<readonly Line[]>;
  readonly show: (line: Line) => Item | undefined | Promise<Item | undefined>;
  /** Where the page after a line begins. */
  readonly cursorOf: (line: Line) => string;
}): Promise<{ items: Item[]; next?: string }> {
  const shown: { readonly item: Item; readonly line: Line }[] = [];
  for (let from = after; ;) {
    const lines = await page(from, limit + 1);
    for (const line of lines) {
      const item = await show(line);
      if (item === undefined) continue;
      const last = shown.at(-1);
      if (shown.length === limit && last) return { items: shown.map((each) => each.item), next: cursorOf(last.line) };
      shown.push({ item, line });
    }
    const end = lines.at(-1);
    if (lines.length <= limit || !end) return { items: shown.map(({ item }) => item) };
    from = cursorOf(end);
  }
}
