export * from './helpline-contacts.js';
export * from './published-2021q1.js';
export * from './vignettes.js';
