/**
 * A measurement that cannot be predicted, or not be made out. The message is the reason; reasons are few and worded
 * alike, so that they can be counted.
 */
export class Unusable extends Error {
  override readonly name = 'Unusable'
}
