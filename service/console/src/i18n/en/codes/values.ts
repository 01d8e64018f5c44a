/* Why one value of a request is not taken, by the code of what is wrong with it. */

export const invalidValues: Readonly<Record<string, string>> = {
  missing: "This is needed.",
  string_too_short: "This is needed.",
  string_too_long: "At most {max_length} letters.",
  string_pattern_mismatch: "It is not written so.",
  too_long: "At most {max_length}.",
  greater_than: "More than {gt}.",
  greater_than_equal: "At least {ge}.",
  less_than: "Less than {lt}.",
  less_than_equal: "At most {le}.",
  float_type: "A number is needed.",
  float_parsing: "A number is needed.",
  int_type: "A whole number is needed.",
  int_parsing: "A whole number is needed.",
  int_from_float: "A whole number is needed.",
  steps_out_of_order: "Each step has to come later than the one before.",
  rule_twice: "There are two rules for the same lift and priority.",
  no_signal: "Choose at least one of line, speed and carriers.",
  password_in_clear: "A password is sent encrypted, or not at all.",
  band_inverted: "Closed has to end where open begins, or before.",
};
