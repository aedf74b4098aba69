// Official clients at the limit of two calls a minute: what each makes of the third, and of waiting as long as it is told.
const { LockLLM, RateLimitError } = require('@lockllm/sdk');
const OpenAI = require('openai');

const call = JSON.parse(process.argv[2]);
const wire = [];
const realFetch = globalThis.fetch;
globalThis.fetch = async (url, init) => {
  const response = await realFetch(url, init);
  wire.push({ at: Date.now(), status: response.status, headers: Object.fromEntries(response.headers) });
  return response;
};

async function refusal(promise) {
  try {
    await promise;
    return null;
  } catch (error) {
    const { status, code, type, retryAfter, requestId, requestID } = error;
    return { class: error.constructor.name, isRateLimit: error instanceof RateLimitError, status, code, type, retryAfter, requestId: requestId ?? requestID };
  }
}

(async () => {
  const told = { wire };
  const client = (maxRetries) => new LockLLM({ apiKey: call.key, baseURL: call.base, timeout: 120000, maxRetries });
  await client(0).scan({ input: 'a' });
  await client(0).scan({ input: 'b' });
  told.scan = await refusal(client(0).scan({ input: 'c' }));
  const openai = new OpenAI({ apiKey: call.key, baseURL: `${call.base}/v1/proxy/openai`, maxRetries: 0, timeout: 60000 });
  told.chat = await refusal(openai.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'd' }] }));
  told.result = await client(1).scan({ input: 'e' });
  console.log(JSON.stringify(told));
})();
