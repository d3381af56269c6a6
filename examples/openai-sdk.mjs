// Any OpenAI client works unchanged but for its base URL. Start Loadstar (`npm start`), then:
//   npm install openai && node openai-sdk.mjs
import OpenAI from 'openai'

const client = new OpenAI({
  baseURL: process.env.LOADSTAR_URL ?? 'http://127.0.0.1:8080/v1',
  apiKey: 'unused',
})
const { data: stream, response } = await client.chat.completions
  .create(
    { model: 'auto', stream: true, messages: [{ role: 'user', content: 'Write a haiku on queues.' }] },
    { headers: { 'x-agent-id': 'coder' } },
  )
  .withResponse()

console.log(
  `${response.headers.get('x-loadstar-model')} answers after ${response.headers.get('x-loadstar-queue-ms')} ms in line:`,
)
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '')
console.log()
