/* What a catalogue is made of. */

/** A sentence with {places}, or one for each plural form of {count}. */
export type Text = string | Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;

export type Parameters = Readonly<Record<string, string | number>>;
