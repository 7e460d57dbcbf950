import { type DataCategory, dataCategories } from '@waymark/contracts';
import { disclosable } from '@waymark/event-sourcing';
import { type PackagePart, packagePartsTellOf, referralEvents, type ReferralPackage } from './referral.events.js';

/**
 * The package as it may leave: of what was drafted, the parts that were declared to tell of one of these categories, and nothing else.
 * Whatever a unit gets is composed here.
 */
export const composePackage = (drafted: ReferralPackage, categories: readonly DataCategory[]): ReferralPackage =>
  disclosable(referralEvents.ReferralDrafted, { package: drafted }, categories).package ?? {};

/** What the parts of a package tell of, in the order of the code list: consent is asked for exactly this. */
export const categoriesOf = (drafted: ReferralPackage): readonly DataCategory[] =>
  dataCategories.filter((category) => Object.keys(composePackage(drafted, [category])).length > 0);

/** A package part by part, each with what it tells of. */
export const partsOf = (composed: ReferralPackage) =>
  packageParts.flatMap((part) => {
    const content = composed[part];
    return content ? [{ part, category: packagePartsTellOf[part], content }] : [];
  });

const packageParts = Object.keys(packagePartsTellOf) as PackagePart[];
