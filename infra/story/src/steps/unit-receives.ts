import { randomUUID } from 'node:crypto';
import { demand, demandStatus, type Step } from '../world.js';
import { sameRefusal } from './build-team.js';
import { referralPackage } from './refer-without-consent.js';

interface PackageItem {
  readonly category: string;
  readonly content: string;
}

const byCategory = (items: readonly PackageItem[]): readonly PackageItem[] =>
  items.toSorted((a, b) => a.category.localeCompare(b.category));

export const unitReceives: Step = {
  title:
    'The Ombudsman’s focal point sees the consented categories only, acknowledges and accepts; Ethics cannot tell that it exists',
  play: async (world) => {
    const { http, referralId } = world;
    const as = 'olivier.ombudsman';
    const list = await http.all('referral', '/v1/referrals', { as });
    demand(
      list.items.some((line) => line.referralId === referralId),
      'the referral is not in the unit’s list',
      list.last,
    );
    const details = demandStatus(
      await http.get('referral', `/v1/referrals/${referralId}`, { as }),
      200,
      'the referral',
    );
    demand(!details.text.includes('jasmine'), 'the details show the package without an opening');
    const opened = await http.post('referral', `/v1/referrals/${referralId}/openings`, { as });
    demand(opened.status === 200 || opened.status === 201, 'opening the package', opened);
    demand(
      JSON.stringify(byCategory(opened.body.categories)) === JSON.stringify(byCategory(referralPackage)),
      'the package is not what was consented to, byte for byte',
      opened,
    );
    demandStatus(
      await http.post('referral', `/v1/referrals/${referralId}/acknowledgement`, { as }),
      200,
      'acknowledging',
    );
    demandStatus(await http.post('referral', `/v1/referrals/${referralId}/acceptance`, { as }), 200, 'accepting');

    const unknown = randomUUID();
    const ethics = { as: 'elena.ethics' };
    for (const path of ['', '/openings', '/acknowledgement', '/acceptance']) {
      const method = path === '' ? 'get' : 'post';
      const hidden = await http[method]('referral', `/v1/referrals/${referralId}${path}`, ethics);
      const missing = await http[method]('referral', `/v1/referrals/${unknown}${path}`, ethics);
      demand(
        hidden.status === 404 && sameRefusal(hidden, missing),
        `Ethics can tell that it exists (${path || 'reading'})`,
        hidden,
      );
    }
    return `${opened.body.categories.length} categories opened`;
  },
};
