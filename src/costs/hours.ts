export const HOURS_PER_YEAR = 8760
export const HOURS_PER_MONTH = HOURS_PER_YEAR / 12
