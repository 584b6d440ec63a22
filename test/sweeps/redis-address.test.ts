import { expect, it } from 'vitest'
import { redisAddress } from '../../src/sweeps/redis/address.ts'

it('reads where a Redis is, and who asks', () => {
  expect(redisAddress('redis://10.0.0.5')).toEqual({
    ...{ host: '10.0.0.5', port: 6379, db: 0, isEncrypted: false },
    shown: 'redis://10.0.0.5',
  })
  expect(redisAddress('rediss://user:pass%20word@host:7000/2')).toEqual({
    ...{ host: 'host', port: 7000, username: 'user', password: 'pass word', db: 2, isEncrypted: true },
    shown: 'rediss://host:7000/2',
  })
  expect(redisAddress('redis://:secret@[::1]:7000').host).toBe('::1')
  expect(redisAddress('redis://:secret@[::1]:7000')).not.toHaveProperty('username')
})

it.each([
  ['localhost:6379', '--redis is localhost:6379; must be an address such as redis://host:6379'],
  ['http://:secret@host', '--redis is http://host; must be an address'],
  ['redis://', '--redis is redis://; must be an address'],
  ['redis://host/jobs', '--redis names the database jobs; must be a number'],
])('refuses %s and shows no password', (text, says) => {
  expect(() => redisAddress(text)).toThrow(says)
  expect(() => redisAddress(text)).not.toThrow('secret')
})
