/* The rooms that are loaded together, soon after the first page: each alone would cost more in what they share. */

export { AdminPage } from "./admin/admin-page";
export { AlarmRoom } from "./alarms/room/room-page";
export { EscalationPage } from "./escalation/escalation-page";
export { FiguresPage } from "./figures/figures-page";
export { LiftPage } from "./lifts/lift-page";
export { AccountPage } from "./people/account-page";
export { PlantPage } from "./plant/plant-page";
export { ReviewPage } from "./review/review-page";
export { Wizard } from "./setup/wizard";
export { Wall } from "./wall/wall";
