import { z } from 'zod'
import { planSchema } from '../planning/fleets/plan-schema.ts'

/** The plan file's JSON Schema, for editors: what configs/plan.schema.json holds. */
export function planJsonSchema(): object {
  return { title: 'Regatta plan', ...z.toJSONSchema(planSchema, { io: 'input', reused: 'ref' }) }
}
