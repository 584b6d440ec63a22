import type { LinkResult } from '../run-result.ts'
import type { Column } from './column.ts'

/** One link under one policy. */
export interface LinkRow {
  readonly policy: string
  readonly windowS: number
  readonly link: LinkResult
}

/** The columns of links.csv. */
export const linkColumns: readonly Column<LinkRow>[] = [
  { name: 'policy', about: 'Routing policy', value: ({ policy }) => policy },
  { name: 'link', about: 'Name of the link: its node, and what it is there', value: ({ link }) => link.link },
  { name: 'role', about: 'fabric, host, nic-out or nic-in', value: ({ link }) => link.role },
  {
    name: 'capacity_bytes_per_s',
    about: 'What it can carry, in one direction',
    value: ({ link }) => link.bytesPerS,
  },
  {
    name: 'carried_bytes',
    about:
      'What it carried in the window; of KV sent layer by layer only what was left when the prompt was computed',
    value: ({ link }) => link.bytes,
  },
  {
    name: 'used_fraction',
    about: 'That over what it could have carried',
    value: ({ link, windowS }) => link.bytes / (link.bytesPerS * windowS),
  },
  {
    name: 'busy_fraction',
    about: 'Share of the window in which a transfer was on it',
    value: ({ link, windowS }) => link.busyS / windowS,
  },
  {
    name: 'mean_transfers',
    about: 'Transfers that shared it while there were any; blank where there were none',
    value: ({ link }) => link.transferS / link.busyS,
  },
]
