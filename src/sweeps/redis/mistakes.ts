import { UserError } from '../../core/errors.ts'
import type { RedisAddress } from './address.ts'

/** What a connection came to, by the beginning of the error's code or message. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^ECONNREFUSED/, 'nothing listens there; is Redis started, and the port right?'],
  [/^(ENOTFOUND|EAI_AGAIN)/, 'no such host is known'],
  [/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)/, 'it cannot be reached'],
  [/^NOAUTH/, 'it asks for a password; give it as redis://:password@host:port'],
  [/^WRONGPASS|^ERR invalid password/, 'it does not know that user and password'],
  [/^NOPERM/, 'it does not let that user do what a queue needs'],
  [/^ERR DB index/, 'it has no database of that number'],
  [/^Protocol error|^(ECONNRESET|EPROTO|ERR_SSL)/, 'what answers there is no Redis'],
  [/^Command timed out/, 'it does not answer; what listens there may be no Redis'],
  [/^Redis version/, 'it is too old; must be Redis 5 or newer'],
]

/** Says why the Redis cannot be used. */
export function unusable({ shown }: RedisAddress, error: NodeJS.ErrnoException): UserError {
  const texts = [error.code ?? '', error.message]
  const known = REASONS.find(([pattern]) => texts.some(text => pattern.test(text)))
  return new UserError(`Redis at ${shown}: ${known?.[1] ?? error.message}`, { cause: error })
}

/** Says that the packages for a queue are not there. */
export function withoutPackages(error: unknown): UserError {
  return new UserError('--redis needs two packages more: npm install bullmq ioredis', { cause: error })
}
