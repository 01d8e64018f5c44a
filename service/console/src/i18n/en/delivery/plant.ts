/* A lift's control: what it tells this service, and what this service tells it. */

import type { Control, LineInput } from "../../../api/types";
import { outputProblems } from "./outputs";

export const plantSentences = {
  "plant.open": "Lift's control",
  "plant.openOf": "Lift's control: {name}",
  "plant.title": "{name}: the lift's control",

  "input.title": "What the control tells",
  "input.about":
    "Whether the line runs, how fast, and each carrier. It only adds knowledge: it holds back no alarm of a bar, and it is not listened to while it is old or the camera sees otherwise.",
  "input.none": "Nothing: no input is set up.",
  "input.from": "{kind} at {host}:{port}",
  "input.followed": "it is listened to",
  "input.doubted": "Doubted: {why}.",
  "input.signal": "Signal",
  "input.where": "Where",
  "input.says": "Says",
  "input.age": "Heard",
  "input.at": "{table} {address}",
  "input.ago": "{time} ago",
  "input.stale": "{time} ago: too old to count",
  "input.never": "never",
  "input.nothing": "nothing",
  "input.runs": "runs",
  "input.stands": "stands",
  "input.speed": "{value:fixed1} m/s",
  "input.carriers": { one: "{count} carrier counted", other: "{count} carriers counted" },
  "input.unseen": {
    one: "{count} of the last carriers that the sensor counted was not seen.",
    other: "{count} of the last carriers that the sensor counted were not seen.",
  },
  "input.add": "Set an input up",
  "input.change": "Change the input",
  "input.changing": "Change the input",
  "input.takeAway": "Take the input away",
  "input.kind": "How the control is reached",
  "input.user": "User",
  "input.userHelp": "Empty: nobody signs in there.",
  "input.userStays": "Empty: user and password stay as they are.",
  "input.password": "Password",
  "input.listen": "Listen: {signal}",
  "input.discrete": "discrete input",
  "input.coil": "coil",
  "input.inputRegister": "input register",
  "input.holdingRegister": "holding register",
  "input.save": "Save the input",
  "input.cancel": "Cancel",

  "control.title": "What the control is told",
  "control.about":
    "One coil of a device: 1 while this service lives and sees the lift, 0 within two seconds of when it does not. Off unless an admin proposes it and an admin arms it; both show who they are.",
  "control.aid": "Never let it stand in for a safety device.",
  "control.off": "Off: nothing is written.",
  "control.proposed": "Proposed, nothing is written yet:",
  "control.armed": "Armed:",
  "control.at": "coil {coil} of unit {unit} at {host}:{port},",
  "control.counter": "with the counter in register {counter}.",
  "control.noCounter": "without a counter: the device cannot notice a network that failed.",
  "control.proposedBy": "proposed by {by}, {time}",
  "control.armedBy": "armed by {by}, {time}",
  "control.until": "to be armed until {time}",
  "control.healthy": "Heartbeat: 1 is written, healthy.",
  "control.fallen": "Heartbeat: 0, not healthy.",
  "control.cannot": "It cannot be written: {why}.",
  "control.propose": "Propose an output",
  "control.proposeOther": "Propose another",
  "control.arm": "Arm what is proposed",
  "control.disarm": "Switch it off",
  "control.withdraw": "Withdraw the proposal",
  "control.first": "First step: propose where the coil is",
  "control.firstHelp":
    "Nothing is written yet. The second step arms it, within ten minutes, by the same or another admin.",
  "control.falls": "The coil that is armed falls as soon as another is proposed.",
  "control.counterHelp":
    "A holding register that counts with each write. The device has to take the coil for 0 once it stands still for two seconds.",
  "control.isProposed": "Proposed. Look at what stands above, then arm it.",
  "control.isArmed": "Armed: it is energised after five seconds in which all is well.",
  "control.isOff": "Off: the coil has fallen.",
};

const inputKinds = { modbus: "Modbus TCP", opcua: "OPC UA", mqtt: "MQTT" };

const inputSignals = { line_running: "Line", speed: "Speed", carrier_pulse: "Carriers" };

const inputTables = {
  discrete: "discrete input",
  coil: "coil",
  input: "input register",
  holding: "holding register",
};

/** What each signal has to be there. */
const inputHelp = {
  modbus: {
    line_running: "A bit that is 1 while the line runs.",
    speed: "One or two registers; the number times the scale is metres per second.",
    carrier_pulse: "Registers that count carriers, and begin at 0 again when they are full.",
  },
  opcua: {
    line_running: "A variable that is true while the line runs.",
    speed: "A variable; its number times the scale is metres per second.",
    carrier_pulse: "A variable that counts carriers.",
  },
  mqtt: {
    line_running: "A topic that says true, on or 1 while the line runs, again within 15 s.",
    speed: "A topic whose number times the scale is metres per second, again within 15 s.",
    carrier_pulse: "A topic with a message for each carrier, or with a number that counts them.",
  },
};

const inputFields: Record<string, string> = {
  address: "Address",
  bit: "Bit of a register",
  counter: "The number counts carriers",
  field: "Field of JSON",
  host: "Host",
  inverted: "Inverted: 0 while it runs",
  node: "Node",
  path: "Path",
  poll_s: "Seconds between two questions",
  port: "Port",
  scale: "Scale to metres per second",
  secure: "Encrypted",
  signed: "May be negative",
  table: "Kind of address",
  tls: "Encrypted",
  topic: "Topic",
  unit: "Device id",
  words: "Bits",
};

const controlFields: Record<string, string> = {
  host: "Host",
  port: "Port",
  unit: "Device id",
  coil: "Coil",
  counter: "Counter register",
};

const inputProblems: Record<NonNullable<LineInput["problem_code"]>, string> = {
  ...outputProblems,
  rejected: "it refuses what it is asked for: look at the addresses",
  secret_unreadable: "its password can no longer be read: type user and password again",
  crashed: "what follows it has a fault of its own: the log says more",
  nothing_heard: "nothing was heard yet",
};

const coilProblems: Record<NonNullable<Control["problem_code"]>, string> = {
  ...outputProblems,
  rejected: "the device refuses it: look at the addresses",
  crashed: "what writes it has a fault of its own: the log says more",
  starting: "what writes it starts",
  process_lost: "what writes it was lost, and is started again",
};

export const plantWords = {
  inputKinds,
  inputSignals,
  inputTables,
  inputHelp,
  inputFields,
  inputProblems,
  controlFields,
  coilProblems,
};

export const plantRefusals = {
  no_such_secret: "No password is stored as “{name}”: type user and password.",
  secret_of_another_host: "The password is for another host: type user and password again.",
  no_proposal: "There is no such proposal any more: look again.",
  proposal_expired: "The proposal is too old: propose it again.",
};
