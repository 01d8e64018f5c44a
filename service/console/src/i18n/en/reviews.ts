/* Reviews: what people say of carriers, and how accurate a lift is by it. */

export const reviewRefusals = {
  answer_contradicted: "bar and seat say something else than the answer “{answer}”",
  no_review: "no answer of yours stands for this carrier",
};
