/* Every text in German, room by room. */

export * from "./alarms";
export * from "./codes/values";
export * from "./delivery/outputs";
export * from "./delivery/plant";
export * from "./help";
export * from "./lifts";
export * from "./masks";
export * from "./operating/admin";
export * from "./operating/alarm-room";
export * from "./operating/budget";
export * from "./operating/escalation";
export * from "./operating/figures";
export * from "./operating/overview";
export * from "./operating/preferences";
export * from "./operating/reports";
export * from "./page";
export * from "./people";
export * from "./problems";
export * from "./setup";
export * from "./trials/calibration";
export * from "./trials/propose";
export * from "./trials/reviews";
export * from "./trials/trials";
export * from "./troubles";
