export type { CellChoice, Cover, Equation, FamilyRequest } from './family.js';
export { protectFamily, type CellAddress, type ProtectedCell, type ProtectedFamily } from './protect-family.js';
export { crossTable, stockAndFlow, type TableShape } from './table-shapes.js';
export type { TreeNode } from './tree.js';
