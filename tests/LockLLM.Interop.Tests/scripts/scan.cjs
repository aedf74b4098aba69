// One scan with the official package, told on standard output as JSON: what the caller got, and what crossed the wire.
// Loaded with require: the package's ESM build cannot be imported by Node.
const { LockLLM, ...exported } = require('@lockllm/sdk');

const call = JSON.parse(process.argv[2]);
const wire = [];
const realFetch = globalThis.fetch;
globalThis.fetch = async (url, init) => {
  const response = await realFetch(url, init);
  wire.push({ url: String(url), status: response.status, headers: Object.fromEntries(response.headers), body: await response.clone().text() });
  return response;
};

(async () => {
  const told = { wire };
  try {
    const client = new LockLLM({ apiKey: call.key, baseURL: call.base, timeout: 30000 });
    told.result = await client.scan(call.request, call.options);
  } catch (error) {
    const { name, message, type, code, status, requestId, scanResult } = error;
    const className = Object.keys(exported).find((key) => exported[key] === error.constructor);
    told.error = { class: className, name, message, type, code, status, requestId, scanResult };
  }
  const first = wire[0];
  if (first) {
    told.metadata = exported.parseProxyMetadata(new Headers(first.headers));
  }
  console.log(JSON.stringify(told));
})();
