/** What was published about the helpline's first quarter of 2021 (sources in the README beside this folder). */
export const published2021Q1 = {
  contacts: 6596,
  byProvince: {
    'AR-B': 3544,
    'AR-C': 1319,
    'AR-S': 294,
    'AR-T': 277,
    'AR-M': 224,
    'AR-H': 56,
    'AR-N': 35,
    'AR-P': 28,
    'AR-W': 25,
  },
  /** Per cent of contacts, rounded; a contact can have several types. */
  percentByBehaviour: {
    psychological_violence: 96,
    physical_violence: 67,
    economic_violence: 41,
    symbolic_violence: 38,
    sexual_violence: 15,
  },
} as const;
