import { UserError } from '../../core/errors.ts'

/** Where a Redis is, and who asks. */
export interface RedisAddress {
  readonly host: string
  readonly port: number
  readonly username?: string
  readonly password?: string
  /** Number of one of its databases. */
  readonly db: number
  /** Whether the connection is encrypted. */
  readonly isEncrypted: boolean
  /** The address as messages may show it: without a password. */
  readonly shown: string
}

const PORT = 6379
const FORM = 'such as redis://host:6379, redis://:password@host or rediss://user:password@host/2'

/** Of `redis://[[user]:password@]host[:port][/db]`, `rediss://` where encrypted. Throws a UserError at anything else. */
export function redisAddress(text: string): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isEncrypted = url?.protocol === 'rediss:'
  if (url === undefined || !(isEncrypted || url.protocol === 'redis:') || url.hostname === '') {
    throw new UserError(`--redis is ${withoutPassword(text)}; must be an address ${FORM}`)
  }
  const { username, password } = url
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? PORT : Number(url.port),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    db: databaseOf(url),
    isEncrypted,
    shown: `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`,
  }
}

function databaseOf({ pathname }: URL): number {
  const name = pathname.replace(/^\//, '')
  if (/^\d{0,6}$/.test(name)) return Number(name)
  throw new UserError(`--redis names the database ${name}; must be a number, ${FORM}`)
}

function withoutPassword(text: string): string {
  return text.replace(/\/\/[^/]*@/, '//')
}
