/** A node of a dimension. A node with children is exactly their sum: give "not stated" a child of its own. */
export interface TreeNode {
  readonly key: string;
  readonly children?: readonly TreeNode[];
  /** For a total that adds up otherwise than by children (`equations`): it is as dear to leave out as a node so high. */
  readonly height?: number;
}

/** A dimension laid out by index, children always before their parent. */
export interface Dimension {
  readonly keys: readonly string[];
  readonly children: readonly (readonly number[])[];
  /** 0 for a leaf, else one more than its highest child, unless the node says otherwise. */
  readonly heights: readonly number[];
  indexOf(key: string): number;
}

export function layOut(name: string, roots: readonly TreeNode[]): Dimension {
  const keys: string[] = [];
  const children: number[][] = [];
  const heights: number[] = [];
  const indexes = new Map<string, number>();

  const visit = (node: TreeNode): number => {
    const below = (node.children ?? []).map(visit);
    if (indexes.has(node.key)) throw new RangeError(`${name} has the key "${node.key}" twice`);
    const index = keys.push(node.key) - 1;
    indexes.set(node.key, index);
    children.push(below);
    const own = below.length === 0 ? 0 : 1 + Math.max(...below.map((child) => heights[child] ?? 0));
    heights.push(node.height ?? own);
    return index;
  };
  roots.forEach(visit);

  return {
    keys,
    children,
    heights,
    indexOf(key) {
      const index = indexes.get(key);
      if (index === undefined) throw new RangeError(`${name} has no "${key}"`);
      return index;
    },
  };
}
