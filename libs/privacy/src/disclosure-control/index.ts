export type { Cover, FamilyRequest } from './family.js';
export { protectFamily, type CellAddress, type ProtectedCell, type ProtectedFamily } from './protect-family.js';
export type { TreeNode } from './tree.js';
