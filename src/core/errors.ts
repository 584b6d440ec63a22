/** A mistake of the user, to be shown as its message alone; the program ends with exit code 2. */
export class UserError extends Error {
  override readonly name = 'UserError'
}
