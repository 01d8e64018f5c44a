/* The kinds of alarms in words. */

export const KIND = {
  bar_open: "Bar open",
  camera_lost: "Camera lost",
  camera_frozen: "Picture frozen",
  view_changed: "View changed",
  low_visibility: "Low visibility",
  worker_down: "Not judging",
  lift_unknown_rate: "Too many unknown",
  lift_invalid: "Lift out of service",
  overloaded: "Overloaded",
  service_down: "Service was down",
};
