/**
 * The first `limit` lines of a list that may be shown, for a rule that no database can apply: reads pages of that size until there are
 * enough or no more. `cursorOf` a line is where the page after it begins.
 */
export async function pagesUntil<Line>(
  limit: number,
  from: {
    readonly after: string | undefined;
    readonly page: (after: string | undefined) => Promise<readonly Line[]>;
    readonly isShown: (line: Line) => boolean | Promise<boolean>;
    readonly cursorOf: (line: Line) => string;
  },
): Promise<readonly Line[]> {
  const found: Line[] = [];
  for (let { after } = from; ;) {
    const page = await from.page(after);
    for (const line of page) if (found.length < limit && (await from.isShown(line))) found.push(line);
    const last = page.at(-1);
    if (found.length === limit || page.length < limit || !last) return found;
    after = from.cursorOf(last);
  }
}
