import fc from 'fast-check'

/** Arbitrary answers and conversations that both APIs can say. */
const word = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => text.trim() !== '')
const json = fc.jsonValue({ maxDepth: 2 })
const input = fc.dictionary(
  fc.string({ maxLength: 6 }).filter((key) => key !== '__proto__'),
  json,
  { maxKeys: 3 },
)
const toolName = fc.constantFrom('look_up', 'add', 'run')
const count = fc.nat({ max: 100_000 })

const calls = fc.array(fc.record({ name: toolName, input }), { maxLength: 3 })

/** A chat completion with thoughts, text and tool calls, some of them missing. */
export const chatAnswer = fc
  .record({
    thought: fc.option(word),
    text: fc.option(word),
    calls,
    prompt: count,
    cached: count,
    completion: count,
  })
  .chain((said) =>
    fc.constantFrom('stop', 'length', 'content_filter').map((reason) => ({
      id: 'chatcmpl-7',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'small',
      choices: [
        {
          index: 0,
          logprobs: null,
          finish_reason: said.calls.length > 0 ? 'tool_calls' : reason,
          message: {
            role: 'assistant',
            content: said.text,
            refusal: null,
            ...(said.thought === null ? {} : { reasoning_content: said.thought }),
            ...(said.calls.length === 0
              ? {}
              : {
                  tool_calls: said.calls.map((call, index) => ({
                    id: `call_${index}`,
                    type: 'function',
                    function: { name: call.name, arguments: JSON.stringify(call.input) },
                  })),
                }),
          },
        },
      ],
      usage: {
        prompt_tokens: said.prompt + said.cached,
        completion_tokens: said.completion,
        total_tokens: said.prompt + said.cached + said.completion,
        prompt_tokens_details: { cached_tokens: said.cached },
      },
    })),
  )

const textBlock = word.map((text) => ({ type: 'text', text, citations: null }))
const thinkingBlock = word.map((thinking) => ({ type: 'thinking', thinking, signature: 'sig' }))

/** An Anthropic message with blocks in any order. */
export const messageAnswer = fc
  .record({
    blocks: fc.array(
      fc.oneof(textBlock, thinkingBlock, fc.record({ type: fc.constant('tool_use'), name: toolName, input })),
      { maxLength: 5 },
    ),
    reason: fc.constantFrom('end_turn', 'max_tokens', 'tool_use', 'stop_sequence', 'refusal', 'pause_turn'),
    usage: fc.record({
      input_tokens: count,
      cache_read_input_tokens: fc.option(count),
      cache_creation_input_tokens: fc.option(count),
      output_tokens: count,
    }),
  })
  .map(({ blocks, reason, usage }) => ({
    id: 'msg_7',
    type: 'message',
    role: 'assistant',
    model: 'claude',
    content: blocks.map((block, index) =>
      block.type === 'tool_use' ? { ...block, id: `toolu_${index}` } : block,
    ),
    stop_reason: reason,
    stop_sequence: null,
    usage,
  }))

/** An Anthropic conversation of texts and tools in the form that a round trip ends in: single texts as strings. */
export const conversation = fc
  .array(
    fc.record({
      question: word,
      answer: word,
      calls: fc.array(fc.record({ name: toolName, input, result: word }), { maxLength: 3 }),
    }),
    { maxLength: 4 },
  )
  .chain((rounds) => fc.record({ rounds: fc.constant(rounds), system: fc.option(word), last: word }))
  .map(({ rounds, system, last }) => ({
    ...(system === null ? {} : { system }),
    messages: [...rounds.flatMap(roundOf), { role: 'user', content: last }],
  }))

function roundOf(
  round: {
    question: string
    answer: string
    calls: readonly { name: string; input: object; result: string }[]
  },
  at: number,
) {
  if (round.calls.length === 0) {
    return [
      { role: 'user', content: round.question },
      { role: 'assistant', content: round.answer },
    ]
  }
  const uses = round.calls.map(({ name, input }, index) => ({
    type: 'tool_use',
    id: `t_${at}_${index}`,
    name,
    input,
  }))
  const results = round.calls.map(({ result }, index) => ({
    type: 'tool_result',
    tool_use_id: `t_${at}_${index}`,
    content: result,
  }))
  return [
    { role: 'user', content: round.question },
    { role: 'assistant', content: [{ type: 'text', text: round.answer }, ...uses] },
    { role: 'user', content: results },
    { role: 'assistant', content: round.answer },
  ]
}
