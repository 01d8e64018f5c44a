/* Signing in, people and tokens: what a call is refused for, and what to do. */

export const peopleRefusals = {
  other_lift: "This is for other lifts than yours.",
  foreign_page: "Only this service's own pages may do this.",
  proof_needed: "Show again who you are.",
  proof_wrong: "This does not show who you are.",
  code_needed: "Type a code of your authenticator app, or a recovery code.",
  code_wrong: "The app makes other codes: read the picture again.",
  factor_unreadable: "Your authenticator app is not known any more: use a recovery code, or ask an admin.",
  too_many_attempts: "Too many wrong attempts. Wait {seconds} seconds.",
  sign_in_busy: "Too many people are signing in: try again in a few seconds.",
  password_length: "A password has {shortest} to {longest} characters.",
  password_weak: "This password is too easily guessed: choose another.",
  no_token: "This token does not exist any more.",
  no_sign_in: "This sign-in is over already.",
  no_user: "This person does not exist any more.",
  no_person: "A token or a link has no password of its own.",
  user_exists: "There is somebody called {name} already.",
  own_rights: "You cannot take your own rights away: ask another admin.",
  expired_already: "This day is over already.",
};
