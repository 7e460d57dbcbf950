/** Marks of whom a concern shuts out, put together: each once, in an order that says nothing. */
export const allMarks = (...lists: readonly (readonly string[])[]): string[] => [...new Set(lists.flat())].sort();
