// One call of a provider's official client through the gateway, made with the official wrapper where there is one, told on
// standard output as JSON: what the caller got, what crossed the wire, and what LockLLM's own parser reads from it.
const wrappers = require('@lockllm/sdk/wrappers');
const lockllm = require('@lockllm/sdk');
const OpenAI = require('openai');
const Anthropic = require('@anthropic-ai/sdk');

const call = JSON.parse(process.argv[2]);
const wire = [];

async function recordingFetch(url, init) {
  const response = await fetch(url, init);
  wire.push({ url: String(url), status: response.status, headers: Object.fromEntries(response.headers) });
  return response;
}

function createClient() {
  const options = { apiKey: call.key, baseURL: call.base + call.path, fetch: recordingFetch, timeout: 60000, ...call.client };
  if (call.options) {
    options.proxyOptions = call.options;
  }
  switch (call.make) {
    case 'OpenAI':
      return new OpenAI(options);
    case 'AzureOpenAI':
      return new OpenAI.AzureOpenAI({ apiVersion: '2024-10-21', ...options });
    case 'Anthropic':
      return new Anthropic(options);
    default:
      return wrappers[call.make](options);
  }
}

const actions = {
  chat: (client) => client.chat.completions.create(call.request).withResponse(),
  responses: (client) => client.responses.create(call.request).withResponse(),
  embeddings: (client) => client.embeddings.create(call.request).withResponse(),
  models: async (client) => ({ data: (await client.models.list()).data }),
  messages: (client) => client.messages.create(call.request).withResponse(),
  countTokens: (client) => client.messages.countTokens(call.request).withResponse(),
  // Any address and body: what the clients' own methods would never send.
  raw: (client) =>
    client[call.request.method](call.request.url, { body: call.request.text == null ? undefined : Buffer.from(call.request.text), headers: call.request.headers }).withResponse(),
};

(async () => {
  const told = { wire };
  try {
    const { data, response } = await actions[call.action](createClient());
    told.requestId = response?.headers.get('x-request-id');
    if (call.request.stream) {
      told.events = [];
      for await (const event of data) {
        told.events.push(event);
        if (call.afterFirst && told.events.length === 1) {
          await fetch(call.afterFirst);
        }
      }
    } else {
      told.result = data;
    }
  } catch (error) {
    const { message, status, code, type, requestID } = error;
    told.error = { class: error.constructor.name, message, status, code, type, requestID, body: error.error };
  }
  if (wire[0]) {
    told.metadata = lockllm.parseProxyMetadata(new Headers(wire[0].headers));
    const detail = told.metadata.scan_warning?.detail;
    if (typeof detail === 'string') {
      told.detail = lockllm.decodeDetailField ? lockllm.decodeDetailField(detail) : JSON.parse(atob(detail));
    }
  }
  console.log(JSON.stringify(told));
})();
