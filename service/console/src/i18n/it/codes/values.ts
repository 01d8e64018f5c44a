/* Why one value of a request is not taken, by the code of what is wrong with it. */

export const invalidValues: Readonly<Record<string, string>> = {
  missing: "È necessario.",
  string_too_short: "È necessario.",
  string_too_long: "Al massimo {max_length} caratteri.",
  string_pattern_mismatch: "Non si scrive così.",
  too_long: "Al massimo {max_length}.",
  greater_than: "Più di {gt}.",
  greater_than_equal: "Almeno {ge}.",
  less_than: "Meno di {lt}.",
  less_than_equal: "Al massimo {le}.",
  float_type: "Serve un numero.",
  float_parsing: "Serve un numero.",
  int_type: "Serve un numero intero.",
  int_parsing: "Serve un numero intero.",
  int_from_float: "Serve un numero intero.",
  steps_out_of_order: "Ogni livello deve venire dopo il precedente.",
  rule_twice: "Ci sono due regole per la stessa seggiovia e priorità.",
  no_signal: "Scegliere almeno uno tra marcia, velocità e seggiole.",
  password_in_clear: "Una password si invia cifrata, o per nulla.",
  band_inverted: "Chiusa deve finire dove comincia aperta, o prima.",
};
