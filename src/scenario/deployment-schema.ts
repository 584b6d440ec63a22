import { z } from 'zod'
import { policySchema } from './policy-schema.ts'

const positive = () => z.number().positive()
const atLeastZero = () => z.number().min(0)
const count = () => z.int().min(1)

export const kv = z
  .strictObject({
    block_tokens: count().optional().describe("Tokens of a KV block; by default the engine's"),
    preemption: z
      .enum(['recompute', 'swap'])
      .default('recompute')
      .describe('What becomes of the KV of a request that must make room'),
    swap_gb: positive()
      .optional()
      .describe("Host memory for the KV of a replica's preempted requests; needed to swap"),
    paging: z
      .boolean()
      .optional()
      .describe(
        'Without it max_model_len tokens are set apart for every request; by default as the engine does it where steps are compiled, else with it',
      ),
  })
  .prefault({})
  .describe('How a replica keeps keys and values')

export const prefixCache = z
  .strictObject({
    dram_gb: atLeastZero().default(0).describe('Host memory of a replica for blocks that its devices lose'),
    remote: z.boolean().default(false).describe('Whether it reads and writes the remote store'),
  })
  .describe('Blocks of prompts are kept and found again by their ids')

export const remoteStore = z
  .strictObject({
    gb: positive().describe('Its size'),
    gb_per_s: positive().describe('At which one replica reads from it, unless its network is slower'),
  })
  .describe('A store of prefix blocks that replicas share')

const sizes = (what: string) =>
  z
    .union([z.array(count()).min(1), z.enum(['largest', 'exact'])])
    .optional()
    .describe(
      `${what}: sizes, ascending; or only the largest that there can be, or each as it is; by default the engine's`,
    )

export const compiled = z
  .strictObject({
    batch: sizes('Sequences of a decode step'),
    context: sizes('Context tokens of its sequences'),
    prompt: sizes('Tokens of a chunk of a prompt'),
    cold: z
      .boolean()
      .default(false)
      .describe('Whether replicas compile and warm up before they serve; else they are ready at the start'),
    compile_s: atLeastZero().optional().describe("Seconds to compile it all; by default the engine's"),
    warmup_s: atLeastZero()
      .optional()
      .describe("Seconds to load what is compiled and run it once; by default the engine's"),
    sampling: z
      .enum(['device', 'host'])
      .default('device')
      .describe('Where tokens are drawn from what the last layer says'),
  })
  .describe('Steps are compiled for a few sizes, and what is smaller is padded')

const probability = () => z.number().min(0).max(1)

export const speculation = z
  .strictObject({
    draft: z
      .union([z.string(), z.strictObject({ head_layers: positive() })])
      .describe(
        'Id of the model that proposes tokens; none for lookup in the prompt; or a prediction head of the model itself, as many layers deep',
      ),
    tokens: count().max(64).describe('Tokens that it proposes in a step'),
    acceptance: z
      .union([
        probability(),
        z.array(probability()).min(1),
        z.strictObject({ counts: z.array(z.int().min(0)).min(1) }),
      ])
      .optional()
      .describe(
        "Chance that a proposed token is accepted if those before it are: one for all, one for each position; or the counts accepted in the steps of a trace, over and over; by default what is known of the model's own prediction head",
      ),
    mode: z
      .enum(['expected', 'sampled'])
      .default('expected')
      .describe('Whether steps emit their mean, or as many tokens as a draw says'),
  })
  .describe('Speculative decoding')

export const outside = z
  .strictObject({
    network_ms: atLeastZero().default(0).describe('Gateway and network, from the client to the replica'),
    tokenizer_us_per_token: atLeastZero()
      .default(0)
      .describe('Of every prompt token; a replica tokenizes one prompt after another'),
    reply_ms: atLeastZero().default(0).describe('Every token, on its way back to the client'),
  })
  .describe('Time outside the engine')

export const disaggregation = z
  .strictObject({
    decode_at: z
      .enum(['arrival', 'prefill-end'])
      .default('prefill-end')
      .describe('When the replica that decodes is chosen'),
    policy: policySchema.optional().describe('Who chooses it; by default the policy that is raced'),
    layerwise: z
      .boolean()
      .default(false)
      .describe('Whether the KV of a layer is sent while the next is computed'),
    conversion_gb_per_s: positive()
      .optional()
      .describe(
        'At which KV is made readable for replicas that keep it in another layout or format; without it they are refused',
      ),
  })
  .describe('Some replicas compute prompts, others decode, and KV moves between them')
