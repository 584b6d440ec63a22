import type { Calendar } from './calendar.ts'

/** A moving part of the simulation: it is woken at its slot's instant and moves its own slot. */
export interface Actor {
  act(): void
}

/** Runs until every slot sleeps or the calendar is paused. Nothing runs in a simulation except from here. */
export function run(calendar: Calendar, actors: readonly Actor[]): void {
  while (calendar.due()) actors[calendar.first()].act()
}
