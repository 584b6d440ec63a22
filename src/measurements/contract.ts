/** Files of measurements by name, such as `operator_times.csv` or `requests/run_meta.json`. */
export interface Measurements {
  /** Where they are, for messages; ends without a slash. */
  readonly folder: string
  readonly names: readonly string[]
  /** Text of one of `names`. */
  read(name: string): string
}
