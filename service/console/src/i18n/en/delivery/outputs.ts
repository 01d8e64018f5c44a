/* Outputs: their kinds, their state, what is wrong with them, and what they are set up with. */

import type { OutputProblem, OutputState } from "../../../api/types";

const outputStates: Record<OutputState, string> = {
  off: "off",
  starting: "starting",
  live: "delivers",
  behind: "behind",
  failing: "does not deliver",
};

export const outputProblems: Record<OutputProblem, string> = {
  no_such_host: "there is no such host",
  forbidden_address: "this address may not be dialled: ask who runs the service",
  refused: "nobody listens there",
  unreachable: "it cannot be reached",
  timed_out: "it does not answer in time",
  tls_failed: "its certificate is not trusted, or it speaks no encryption",
  wrong_password: "user or password are wrong",
  rejected: "it does not take what is sent ({status})",
  redirected: "it is somewhere else now",
  closed: "it ended the connection",
  secret_unreadable: "its password can no longer be read: type it again",
  misconfigured: "its setting {where} cannot be used",
  store_unavailable: "the database does not answer",
  in_use: "its port is taken",
  crashed: "it has a fault of its own: the log says more",
};

/** By kind; of one that a later service has, the kind itself is shown. */
const outputKinds: Record<string, string> = {
  email: "E-mail",
  modbus: "Modbus TCP server",
  mqtt: "MQTT (Home Assistant, Node-RED)",
  opcua: "OPC UA server",
  web_push: "Notifications in browsers",
  webhook: "Webhook",
};

const outputFields: Record<string, string> = {
  acknowledge: "Clients may acknowledge alarms",
  anonymous: "Others may read without signing in",
  contact: "Whom a push service writes to (mailto:…)",
  every_s: "Seconds between two mails",
  host: "Host",
  language: "Language: en, fr, de or it; empty: the service's",
  networks: "Networks that may connect, with commas",
  password: "Password",
  port: "Port",
  security: "Encryption: starttls, tls or none",
  sender: "From",
  tls: "Encrypted",
  to: "To, with commas",
  topic: "Topic",
  url: "Address",
  user: "User",
};

export const outputWords = { outputStates, outputProblems, outputKinds, outputFields };

export const outputRefusals = {
  output_exists: "There is an output {name} already.",
  no_output: "This output does not exist any more.",
  no_such_kind: "The service has no such kind of output.",
  no_such_output_secret: "This kind of output has no {name}.",
  output_forbidden_address: "This address may not be dialled: ask who runs the service.",
  output_misconfigured: "The setting {where} cannot be used.",
  no_push: "The service pushes nothing to browsers.",
  push_needs_owner: "Sign in by name or token: a link cannot subscribe.",
  no_push_service: "This browser's push service is not one that is allowed.",
  no_push_keys: "This browser gave no keys that can be used.",
  too_many_subscriptions: "Too many browsers have subscribed: end some.",
  no_subscription: "This browser is not subscribed any more.",
};

export const outputSentences = {
  "outputs.title": "Outputs",
  "outputs.about": "What hands alarms on to other systems. Each is off until it is switched on.",
  "outputs.says": "{kind} · {state}",
  "outputs.lag": { one: "{count} alarm waits", other: "{count} alarms wait" },
  "outputs.setAside": { one: "{count} refused and set aside", other: "{count} refused and set aside" },
  "outputs.again": "Send again",
  "outputs.againLabel": "Send again what {name} refused",
  "outputs.leaveOut": "Leave out",
  "outputs.leaveOutLabel": "Leave out for good what {name} refused",
  "outputs.delivered": "last delivered {at}",
  "outputs.lastError": "{problem} ({at})",
  "outputs.test": "Test",
  "outputs.testLabel": "Test {name}",
  "outputs.works": "{name}: the test arrived.",
  "outputs.fails": "{name}: {problem}.",
  "outputs.enabled": "Switched on",
  "outputs.on": "Switch on",
  "outputs.onLabel": "Switch on {name}",
  "outputs.off": "Switch off",
  "outputs.offLabel": "Switch off {name}",
  "outputs.change": "Change",
  "outputs.changeLabel": "Change {name}",
  "outputs.delete": "Delete",
  "outputs.deleteLabel": "Delete {name}",
  "outputs.add": "Add an output",
  "outputs.changing": "Change {name}",
  "outputs.kind": "Kind",
  "outputs.name": "Name",
  "outputs.secretStays": "Empty: it stays as it is.",
  "outputs.lifts": "Lifts (none: all)",
  "outputs.kinds": "Alarms (none: all)",
  "outputs.priorities": "Priorities, 1 the most important (none: all)",
  "outputs.escalated": "Only alarms that a step of escalation gives to it",
  "outputs.save": "Save",
  "outputs.cancel": "Cancel",
  "outputs.made": "Keep these now: they are not shown again.",

  "push.title": "Notifications",
  "push.about": "Alarms of your lifts, on this device, also while the page is closed.",
  "push.subscribe": "Notify this browser",
  "push.subscribed": "This browser is notified.",
  "push.denied": "The browser does not allow notifications for this page.",
  "push.unsupported":
    "This browser has no notifications here: they need HTTPS, and on iPhones the page on the home screen.",
  "push.none": "The service pushes nothing to browsers: an admin adds the output for it.",
  "push.since": "since {at}",
  "push.end": "End",
  "push.endLabel": "End the notifications of {agent}",
  "push.unknownBrowser": "a program",
};
