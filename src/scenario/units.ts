/* Units of catalogue and scenario files in those of the simulation. */

export const GIGA = 1e9
export const TERA = 1e12
export const MEGA = 1e6
export const MICRO = 1e-6
